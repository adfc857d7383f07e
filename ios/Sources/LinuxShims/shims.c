#include "shims.h"

#ifdef __linux__
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

// libswiftObservation of Swift 6.0 on Linux wants `swift::threading::fatal(char const *, ...)`, which no library there
// exports: without this every program with an @Observable fails to link.
void vanggia_threading_fatal(const char *format, ...) __asm__("_ZN5swift9threading5fatalEPKcz");

void vanggia_threading_fatal(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    abort();
}
#endif
