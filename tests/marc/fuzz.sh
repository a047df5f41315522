#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh SOURCE SECONDS [FORMAT...] - libFuzzer over the MARC readers with address and undefined-behaviour
# sanitizers, SECONDS for each format. Seeds are made from the unit tests' records. Needs clang++ 14.
set -e
source=$(cd "$1" && pwd) seconds=$2
shift 2
build=$source/build-fuzz
mkdir -p "$build"
CXX=clang++-14 CC=clang-14 cmake -G Ninja -S "$source" -B "$build/cmake" -DTUSHU_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS="-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined" >/dev/null
ninja -C "$build/cmake" tushu_marc >/dev/null
clang++-14 -std=c++20 -O1 -g -fsanitize=address,undefined,fuzzer -fno-sanitize-recover=undefined -DTUSHU_LIBFUZZER \
    -I"$source/lib" "$source/tests/marc/fuzz.cpp" -o "$build/fuzz_marc" \
    "$build/cmake/lib/marc/libtushu_marc.a" "$build/cmake/lib/base/libtushu_base.a" -lyaz -lsimdjson -lfmt -lyaml-cpp \
    -lz -llzma -lcrypto -licui18n -licuuc -licudata -ldate-tz -lzstd
number=0
for format in iso2709 marcxml marcxchange turbomarc json jsonl folio-srs mrk line aleph; do
    case " $* " in "  ") ;; *" $format "*) ;; *) number=$((number + 1)); continue ;; esac
    mkdir -p "$build/corpus-$format"
    for seed in "$source"/tests/marc/seeds/*."$format"*; do
        [ -e "$seed" ] || continue
        { printf "\\$(printf %o "$number")"; cat "$seed"; } >"$build/corpus-$format/$(basename "$seed")"
    done
    number=$((number + 1))
    echo "== $format"
    "$build/fuzz_marc" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$build/crash-$format-" "$build/corpus-$format" 2>&1 | grep -E 'ERROR|SUMMARY|stat::number_of_executed|stat::peak|Test unit' || true
done
