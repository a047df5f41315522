// SPDX-License-Identifier: Apache-2.0
// libyaz brings some thirty libraries along (TLS, Kerberos, XSLT ...), which cost every start of a
// program more than counting 60 MB of records does. So it is loaded when the first text in MARC-8
// or ISO 5426 comes along: the functions of its header that are used here are these, which pass
// the call on.
#include "base/error.hpp"

#include <dlfcn.h>
#include <yaz/yaz-iconv.h>

namespace {

struct Library {
    decltype(&yaz_iconv_open) open;
    decltype(&yaz_iconv) convert;
    decltype(&yaz_iconv_error) error;
    decltype(&yaz_iconv_close) close;
};

// Never unloaded: converters may live as long as the program.
const Library& library() {
    static const Library loaded = [] {
        void* const handle = ::dlopen(TUSHU_YAZ, RTLD_NOW | RTLD_LOCAL);
        const auto find = [handle](const char* name) {
            void* const found = handle == nullptr ? nullptr : ::dlsym(handle, name);
            if (found == nullptr)
                throw tushu::Error(tushu::Fault::config,
                                   tushu::msg("{} cannot be loaded: {}", TUSHU_YAZ, ::dlerror()));
            return found;
        };
        return Library{reinterpret_cast<decltype(&yaz_iconv_open)>(find("yaz_iconv_open")),
                       reinterpret_cast<decltype(&yaz_iconv)>(find("yaz_iconv")),
                       reinterpret_cast<decltype(&yaz_iconv_error)>(find("yaz_iconv_error")),
                       reinterpret_cast<decltype(&yaz_iconv_close)>(find("yaz_iconv_close"))};
    }();
    return loaded;
}

}  // namespace

yaz_iconv_t yaz_iconv_open(const char* to, const char* from) { return library().open(to, from); }

size_t yaz_iconv(yaz_iconv_t converter, char** in, size_t* in_left, char** out, size_t* out_left) {
    return library().convert(converter, in, in_left, out, out_left);
}

int yaz_iconv_error(yaz_iconv_t converter) { return library().error(converter); }

int yaz_iconv_close(yaz_iconv_t converter) { return library().close(converter); }
