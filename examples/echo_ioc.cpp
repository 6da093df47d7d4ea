// Ten lines to an IOC that reacts: what a client puts to TEST:SETPOINT arrives at TEST:READBACK, in mm, 0 to 100.
#include "ioc/ioc.h"

int main()
{
    iochron::Ioc ioc{{.prefix = "TEST"}};
    const auto readback = ioc.ai("READBACK", {.egu = "mm", .prec = 3});
    ioc.ao("SETPOINT",
           {.egu = "mm", .prec = 3, .drvh = 100, .drvl = 0, .on_update = [&](double mm) { readback.set(mm); }});
    ioc.run();
}
