// SPDX-License-Identifier: Apache-2.0
// tushu-job graph - show which step waits for which.
#include "base/json.hpp"
#include "commands.hpp"
#include "site.hpp"

namespace tushu::cmd {
namespace {

struct Options {
    std::string spec, format = "text";
};

void draw_text(Output& out, const job::Spec& spec) {
    for (const job::Step* const step : job::run_order(spec)) {
        std::string line = step->id;
        for (std::size_t i = 0; i < step->needs.size(); ++i)
            line += (i == 0 ? " <- " : ", ") + step->needs[i];
        out.write(line + "\n");
    }
}

void draw_dot(Output& out, const job::Spec& spec) {
    const auto quoted = [](const std::string& text) {
        std::string json;
        append_json_string(json, text);
        return json;
    };
    out.write("digraph " + quoted(spec.name) + " {\n  rankdir=LR;\n  node [shape=box];\n");
    for (const auto& step : spec.steps) {
        out.write("  " + quoted(step.id) +
                  (step.about.empty() ? "" : " [tooltip=" + quoted(step.about) + "]") + ";\n");
        for (const auto& need : step.needs)
            out.write("  " + quoted(need) + " -> " + quoted(step.id) + ";\n");
    }
    out.write("}\n");
}

Answer run(Context& ctx, const Options& opt) {
    const job::Spec spec = job::load_spec(opt.spec);
    if (opt.format == "dot")
        draw_dot(ctx.out(), spec);
    else
        draw_text(ctx.out(), spec);
    return Answer::yes;
}

}  // namespace

Command graph_command() {
    const auto opt = std::make_shared<Options>();  // shared: outlives this function in the closures
    Command command("graph", msg("Show the order of the steps and what each waits for"));
    command.operand("SPEC", opt->spec, msg("The job file (YAML), or - for standard input"));
    command.choice("--format", opt->format, {"text", "dot"},
                   msg("Lines of text, or a graph for Graphviz"));
    command.with_output();
    command.example("tushu-job graph jobs/nightly.yaml", msg("One line a step"));
    command.example("tushu-job graph --format dot jobs/nightly.yaml -o nightly.dot",
                    msg("For Graphviz"));
    command.on_run([opt](Context& ctx) { return run(ctx, *opt); });
    return command;
}

}  // namespace tushu::cmd
