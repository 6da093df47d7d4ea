// The texts of pvput and pvcall: a value, FIELD=VALUE, JSON. The first byte chooses what PV they are for; a line is a
// word of the command line. What is accepted is written and read as the same; all else is refused in words.
#include "base/problem.h"
#include "cli/pv_value.h"
#include "pv/normative.h"
#include "wire/pva/value.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace iochron;

namespace {

const std::vector<pv::TypeRef>& types()
{
    static const std::vector<pv::TypeRef> all = [] {
        using pv::ScalarType;
        const pv::TypeRef choice = pv::choice("", {{"number", pv::scalar(ScalarType::int32)},
                                                   {"text", pv::scalar(ScalarType::string)},
                                                   {"list", pv::array(ScalarType::float64)}});
        const pv::TypeRef row = pv::structure("row", {{"x", pv::scalar(ScalarType::uint64)}, {"u", choice}});
        std::vector<pv::TypeRef> made = {pv::nt_scalar(ScalarType::float64),
                                         pv::nt_scalar(ScalarType::string),
                                         pv::nt_scalar(ScalarType::uint64),
                                         pv::nt_scalar(ScalarType::boolean),
                                         pv::nt_scalar_array(ScalarType::int8),
                                         pv::nt_scalar_array(ScalarType::string),
                                         pv::nt_enum()};
        made.push_back(pv::structure("all:1.0", {{"value", choice},
                                                 {"any", pv::any_type()},
                                                 {"anys", pv::any_array()},
                                                 {"choices", pv::choice_array(choice)},
                                                 {"rows", pv::structure_array(row)},
                                                 {"row", row},
                                                 {"few", pv::bounded_array(ScalarType::int32, 3)},
                                                 {"three", pv::fixed_array(ScalarType::int32, 3)},
                                                 {"short", pv::bounded_string(5)}}));
        return made;
    }();
    return all;
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words(1);
    for (const char letter : text) {
        if (letter == '\n') {
            words.emplace_back();
        } else {
            words.back() += letter;
        }
    }
    return words;
}

void check(const pv::Structure& put)
{
    std::vector<std::byte> bytes;
    wire::pva::Encoder encoder(bytes, base::ByteOrder::big);
    write_marked(encoder, put);
    base::Reader reader(bytes, base::ByteOrder::big);
    wire::pva::TypeCache types;
    pv::Structure again(put.type());
    wire::pva::ValueReader(reader, types).marked(again);
    if (!reader.ok() || !(again == put) || !(again.marked() == put.marked())) {
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const std::vector<std::string> words = words_of({reinterpret_cast<const char*>(data) + 1, size - 1});
    pv::Structure put(types()[data[0] % types().size()]);
    pv::Structure state(put.type());
    if (state.find("value.choices") != nullptr) {
        (void)state.set("value.choices", pv::Value::string_array(std::vector<std::string>{"zero", "one", "2"}));
    }
    try {
        const std::vector<std::string> unknown = cli::fill(put, words, state);
        if (unknown.size() > words.size()) {
            std::abort();
        }
        check(put);
    } catch (const base::Problem& problem) {
        if (std::string_view(problem.what()).empty()) {
            std::abort();
        }
    }
    try {
        (void)cli::argument_of(words.front());
    } catch (const base::Problem&) { // in words
    }
    return 0;
}
