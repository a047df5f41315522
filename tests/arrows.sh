#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# arrows.sh SOURCE - modules include only what the map in README.md allows, and no library knows the command line.
cd "$1" || exit 1
allowed() { # module -> modules it may include
    case $1 in
        base) echo "" ;;
        store | marc | callno | net | report | job) echo "base" ;;
        stats) echo "base store" ;;
        inventory) echo "base store callno" ;;
        ill) echo "base store net" ;;
        counter) echo "base store net" ;;
        catalog) echo "base store marc callno" ;;
        simulate) echo "base" ;;
        *) echo "UNKNOWN" ;;
    esac
}
bad=0 seen=0
for folder in lib/*/; do
    module=$(basename "$folder")
    ok=" $(allowed "$module") $module "
    [ "$ok" = " UNKNOWN $module " ] && { echo "lib/$module is not on the map"; bad=1; }
    for used in $(grep -rhoE '#include "[a-z]+/' "$folder" --include='*.?pp' | sed 's/.*"//; s/\///' | sort -u); do
        seen=$((seen + 1))
        case $ok in *" $used "*) ;; *)
            grep -rn "#include \"$used/" "$folder" | head -3
            echo "lib/$module may not include $used/"
            bad=1 ;;
        esac
    done
    if grep -rnE 'CLI/CLI|common/(command|context)|std::cout|std::cerr|getenv\(|[^_a-z]exit\(' "$folder" --include='*.?pp'; then
        echo "lib/$module: a library neither prints, nor reads the environment, nor exits, nor knows the command line"
        bad=1
    fi
done
if grep -rnE 'CLI/CLI' cmd --include='*.?pp' | grep -v '^cmd/common/command.cpp'; then
    echo "only cmd/common/command.cpp may include CLI11"
    bad=1
fi
[ $seen -ge 10 ] || { echo "only $seen includes were seen: is this check working?"; bad=1; }
exit $bad
