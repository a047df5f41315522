#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh SOURCE SECONDS [TARGET...] - libFuzzer over the MARC readers, the query language and edit recipes with
# address and undefined-behaviour sanitizers, SECONDS for each target; one line of figures each, crashes in
# build-fuzz/. The corpus of earlier runs is read before the clock starts, which may take longer than SECONDS; an input
# that takes two seconds is kept as slow-unit, one that takes twenty ends the run. Needs clang-14 and libclang-rt-14-dev.
set -e
source=$(cd "$1" && pwd) seconds=$2
shift 2
build=$source/build-fuzz
here=$source/tests/marc
mkdir -p "$build"
CXX=clang++-14 CC=clang-14 cmake -G Ninja -S "$source" -B "$build/cmake" -DTUSHU_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS="-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined" >/dev/null
ninja -C "$build/cmake" tushu_marc >/dev/null
clang++-14 -std=c++20 -O1 -g -fsanitize=address,undefined,fuzzer -fno-sanitize-recover=undefined \
    -I"$source/lib" "$here/fuzz.cpp" -o "$build/fuzz_marc" \
    "$build/cmake/lib/marc/libtushu_marc.a" "$build/cmake/lib/base/libtushu_base.a" -lyaz -lsimdjson -lfmt -lyaml-cpp \
    -lz -llzma -lcrypto -licui18n -licuuc -licudata -ldate-tz -lzstd
for target in ${*:-iso2709 marcxml marcxchange turbomarc json jsonl folio-srs mrk line aleph content query recipe}; do
    corpus=$build/corpus-$target
    mkdir -p "$corpus"
    if [ "$target" = content ]; then cp "$here"/seeds/two.* "$corpus"; else cp "$here"/seeds/*."$target" "$corpus"; fi
    echo "== $target"
    TUSHU_FUZZ_TARGET=$target "$build/fuzz_marc" -max_total_time="$seconds" -timeout=20 -report_slow_units=2 -rss_limit_mb=2048 -malloc_limit_mb=256 -detect_leaks=0 -max_len=8192 \
        -print_final_stats=1 -artifact_prefix="$build/crash-$target-" "$corpus" >"$build/log-$target" 2>&1 || true
    grep -E 'ERROR|FAILED|SUMMARY|stat::number_of_executed|stat::(slowest|peak)|Test unit' "$build/log-$target" || true
done
