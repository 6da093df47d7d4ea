// The loader of .db and substitutions files, from text to what it tells. The input is main.db, and behind lines of
// "--- NAME" further files, which it may include. Where it begins with "#sub" it is a substitutions file.
#include "db/load/substitutions.h"

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
    try {
        const db::load::Reading reading{files, macros, search, limits};
        text.starts_with("#sub") ? read_substitutions("main.db", reading, touching)
                                 : read_db("main.db", reading, touching);
    } catch (const base::Problem&) { // what most inputs deserve
    }
    return 0;
}
