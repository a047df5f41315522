#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# messages.sh SOURCE [FOLDER...] - every msg("...") of lib and cmd has a Chinese translation whose
# placeholders agree with the English ones. Prints what is missing in .po form, ready to fill in.
source=$1
shift
cd "$source" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find ${*:-lib cmd} -name '*.cpp' -o -name '*.hpp' | LC_ALL=C sort >"$work/files"
xgettext --language=C++ --from-code=UTF-8 --keyword=msg:1 --omit-header --no-wrap --add-location=file \
    -o "$work/found.pot" -f "$work/files" || exit 1
[ -s "$work/found.pot" ] || { echo "no message was found: is xgettext working?"; exit 1; }
msgcat --use-first --no-wrap -o "$work/zh.po" lib/base/messages/zh.*.po || exit 1
{ sed -n '1,/^$/p' "$work/zh.po"; cat "$work/found.pot"; } >"$work/all.pot"
msgmerge --quiet --no-fuzzy-matching --no-wrap -o "$work/merged.po" "$work/zh.po" "$work/all.pot" || exit 1
msgattrib --untranslated --no-obsolete --no-wrap "$work/merged.po" | sed '1,/^$/d' >"$work/missing"
if [ -s "$work/missing" ]; then
    cat "$work/missing"
    echo "messages without Chinese: $(grep -c '^msgid' "$work/missing")"
    exit 1
fi
# As many holes in the Chinese as in the English; {0} {1} count like {}.
msgattrib --translated --no-obsolete --no-wrap "$work/merged.po" | awk '
    function holes(s) { return gsub(/\{[0-9]*\}/, "", s) }
    /^msgid "/ { id = $0; part = "id"; next }
    /^msgstr "/ { str = $0; part = "str"; next }
    /^"/ { if (part == "id") id = id $0; else str = str $0; next }
    /^$/ { check() }
    function check() { if (id != "" && holes(id) != holes(str)) { print "holes differ: " id " -> " str; bad = 1 } ; id = "" }
    END { check(); exit bad }'
