// Built against the installed package, so it fails where a header or a library was left out.
#include "ioc/ioc.h"

#include <cstdio>

int main()
{
    iochron::Ioc ioc{{.prefix = "TEST", .serve_ca = false}};
    ioc.ai("A", {.egu = "mm", .prec = 2});
    ioc.load_text(R"(record(calc, "TEST:B") { field(CALC, "1+1") field(PINI, "YES") })", "main.cpp");
    ioc.start();
    const std::string text = ioc.db_text();
    ioc.stop();
    std::puts(text.c_str());
    return text.contains("TEST:A") && text.contains("TEST:B") ? 0 : 1;
}
