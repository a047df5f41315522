// SPDX-License-Identifier: Apache-2.0
// tushu-ill new - record one request.
#include "commands.hpp"
#include "common/store.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

namespace tushu::cmd {
namespace {

Answer run(Context& context, const ill::Request& wanted, const std::string& patron_file) {
    ill::Request request = wanted;
    if (request.requested.empty()) request.requested = text_of(context.today());
    if (!patron_file.empty()) {
        const std::string card(trim(load_file(patron_file, 4096)));
        if (card.empty()) throw Error(Fault::bad_input, {patron_file}, msg("holds no card number"));
        request.patron = hmac_sha256_hex(context.patron_key(), card).substr(0, 32);
    }
    store::Store store = open_store(context);
    ill::Desk desk = open_desk(context, store);
    if (const auto refusal = desk.check(request)) throw Error(Fault::usage, refusal->message);
    store::Transaction transaction(store);
    const std::string id = desk.add(request, std::nullopt, context.now());
    desk.count();
    transaction.commit();
    context.out().write(id + "\n");
    return Answer::yes;
}

}  // namespace

Command new_command() {
    auto request = std::make_shared<ill::Request>();
    auto patron = std::make_shared<std::string>();
    request->role = "requester";
    Command command("new", msg("Record one request and print its number"));
    command
        .option("--reference", "TEXT", request->reference,
                msg("The number under which the request came in"))
        .required();
    command.choice("--role", request->role, {"requester", "supplier"},
                   msg("Who we are in it; default requester"));
    command.choice("--service", request->service, {"loan", "copy"}, msg("What is asked for"))
        .required();
    command.option("--partner", "CODE", request->partner, msg("The partner to ask, or who asks us"))
        .required();
    command.option("--title", "TEXT", request->title, msg("Title of the book or article"))
        .required();
    command.option("--author", "TEXT", request->author, msg("Author"));
    command.option("--container", "TEXT", request->container,
                   msg("Journal or book that a copy is taken from"));
    command.option("--volume", "TEXT", request->volume, msg("Volume"));
    command.option("--issue", "TEXT", request->issue, msg("Issue"));
    command.option("--year", "TEXT", request->year, msg("Year of publication"));
    command.option("--pages", "TEXT", request->pages, msg("Pages"));
    command.option("--isbn", "ISBN", request->isbn, msg("ISBN"));
    command.option("--issn", "ISSN", request->issn, msg("ISSN"));
    command.option("--patron-file", "FILE", *patron,
                   msg("File (or - for standard input) with the reader's card number; only its "
                       "keyed pseudonym is kept"));
    command.option("--requested", "DAY", request->requested,
                   msg("Day of the request; default today"));
    command.option("--need-before", "DAY", request->need_before,
                   msg("Day after which it is of no use"));
    command.with_store().with_output();
    command.example(
        "tushu-ill new --reference R-1 --service loan --partner calis --title '明清上海'",
        msg("Records a loan request that CALIS is to be asked for"));
    return command.on_run(
        [request, patron](Context& context) { return run(context, *request, *patron); });
}

}  // namespace tushu::cmd
