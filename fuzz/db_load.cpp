// The loader of .db and substitutions files, from text to what it tells, and to the records of a Database. The input is
// main.db, and behind lines of
// "--- NAME" further files, which it may include. Where it begins with "#sub" it is a substitutions file.
#include "base/manual_clock.h"
#include "db/load/loader.h"
#include "db/load/substitutions.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace iochron;

/// Reads every byte that it is told of, so that a view into freed text is found.
/// Thread: fixed
class Touching : public db::load::Definitions {
  public:
    void record(const db::load::Word& type, const db::load::Word& name) override { touch({type, name}); }
    void field(const db::load::Word& name, const db::load::Value& value) override
    {
        touch({name, {value.text, value.mark}});
    }
    void info(const db::load::Word& name, const db::load::Value& value) override
    {
        touch({name, {value.text, value.mark}});
    }
    void alias(const db::load::Word& name) override { touch({name}); }
    void end_record() override {}
    void alias(const db::load::Word& record, const db::load::Word& name) override { touch({record, name}); }

    unsigned sum = 0;

  private:
    void touch(std::initializer_list<db::load::Word> words)
    {
        for (const db::load::Word& word : words) {
            if (word.mark.file == nullptr || word.mark.line == 0 || word.mark.column == 0) {
                std::abort(); // everything that is told stands somewhere
            }
            for (const char c : word.text) {
                sum += static_cast<unsigned char>(c);
            }
        }
    }
};

db::load::MemoryFiles split(std::string_view text)
{
    constexpr std::string_view mark = "\n--- ";
    db::load::MemoryFiles files;
    std::string name = "main.db";
    for (;;) {
        const std::size_t end = text.find(mark);
        files.set(name, std::string(text.substr(0, end)));
        if (end == std::string_view::npos) {
            return files;
        }
        text.remove_prefix(end + mark.size());
        const std::size_t line = std::min(text.find('\n'), text.size());
        name = text.substr(0, line);
        text.remove_prefix(line);
    }
}

/// Loads the same text into a Database: what is refused must leave nothing behind.
void load(bool substitutions, const db::load::Reading& reading)
{
    const base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    db::Database database({.clock = clock, .log = log, .counters = counters, .limits = reading.limits});
    try {
        substitutions ? load_substitutions(database, "main.db", reading, log)
                      : load_db(database, "main.db", reading, log);
        database.start(base::Steady{});
    } catch (const base::Problem&) {
        if (database.size() != 0) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    db::load::MemoryFiles files = split(text);
    const db::load::Macros macros("P=SR:,Q=a 'b' \\\"c\\\",R=$(P)$(S=1),IF=#");
    const db::load::SearchPath search("sub:.");
    base::Limits limits;
    limits.macro_bytes = 1024;
    limits.include_depth = 4; // five levels of ten includes each would take too long
    Touching touching;
    const db::load::Reading reading{files, macros, search, limits};
    load(text.starts_with("#sub"), reading);
    try {
        text.starts_with("#sub") ? read_substitutions("main.db", reading, touching)
                                 : read_db("main.db", reading, touching);
    } catch (const base::Problem&) { // what most inputs deserve
    }
    return 0;
}
