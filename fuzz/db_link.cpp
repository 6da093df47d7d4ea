// Any text of a link is refused with words, or reads back as a text that means the same link.
#include "base/manual_clock.h"
#include "db/database.h"
#include "db/link.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace iochron;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(db::parse_constant(text));
    base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    db::Database database({.clock = clock, .log = log, .counters = counters});
    const db::RecordId id = *database.create("calc", "REC");
    for (const std::string_view field : {"INPA", "FLNK", "SDIS", "TSEL"}) {
        const auto put = database.put_text(id, field, text);
        if (!put) {
            if (put.error().empty()) {
                std::abort();
            }
            continue;
        }
        const std::string read = *database.text(id, field);
        if (!database.put_text(id, field, read) || *database.text(id, field) != read) {
            std::abort();
        }
    }
    database.start(clock.steady());
    static_cast<void>(database.put(id, "PROC", pv::Value::of(1.0)));
    return 0;
}
