#include "base/problem.h"
#include "cli/ca_read.h"
#include "cli/ca_tools.h"
#include "pv/convert.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <expected>

namespace iochron::cli {
namespace {

constexpr std::string_view usage = R"(usage: caput [options] NAME VALUE...
       caput -a [options] NAME COUNT VALUE...

Writes a PV over Channel Access, and prints its old and new value.

  -c          wait until all processing that the put causes is done
  -w SECONDS  time-out (EPICS_CLI_TIMEOUT, 1)
  -p N        priority of the circuit, 0 to 99
  -t          print the new value alone
  -l          print name, time stamp, value, status, severity
  -n          the value of an enumeration is a number
  -s          the value of an enumeration is a text
  -a          an array: the count (ignored), then the elements
  -S          the value is the text of an array of char
  -F C        separate by the character C
  -V -h       version; this help
)";

struct Options : CaOptions {
    CaForm form = CaForm::plain;
    bool wait = false;
    bool array = false;
    bool enums_as_text = false;
};

Options parse(int argc, char** argv)
{
    Options options;
    const auto own = [&](char option, const char*) {
        switch (option) {
        case 'c':
            options.wait = true;
            break;
        case 'l':
            options.form = CaForm::wide;
            break;
        case 't':
            options.form = CaForm::terse;
            break;
        case 'a':
            options.array = true;
            break;
        case 's':
            options.enums_as_text = true;
            break;
        default:
            return false;
        }
        return true;
    };
    // A leading '+': a negative value behind the name is no option.
    parse_options(argc, argv, {"caput", "+:cnlhatsVS#:w:p:F:", usage}, options, own);
    if (!options.status && options.words.size() < 2) {
        fmt::print(stderr, "No value specified. ('caput -h' for help.)\n");
        options.status = 1;
    }
    return options;
}

std::expected<pv::Value, std::string> enum_value(const std::string& text, const pv::Meta& meta, const Options& options)
{
    const auto choice = std::ranges::find(meta.choices, text);
    if (!options.style.enums_as_numbers && choice != meta.choices.end()) {
        return pv::Value::of(std::string_view(text));
    }
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || options.enums_as_text) {
        return std::unexpected(options.style.enums_as_numbers
                                   ? fmt::format("Enum index value '{}' is not a number.", text)
                                   : fmt::format("Enum string value '{}' invalid.", text));
    }
    if (number >= static_cast<double>(meta.choices.size())) {
        fmt::print(stderr, "Warning: enum index value '{}' may be too large.\n", text);
    }
    return pv::Value::of(number);
}

/// What the words behind the name mean for a channel of that type.
std::expected<pv::Value, std::string> value_of(const Options& options, wire::ca::Dbr native, const pv::Meta& meta)
{
    std::vector<std::string> values(options.words.begin() + 1, options.words.end());
    if (options.array && !options.style.chars_as_text) {
        values.erase(values.begin());
        return values.empty() ? std::expected<pv::Value, std::string>(std::unexpected("No value specified."))
                              : pv::Value::string_array(values);
    }
    const std::string text = fmt::format("{}", fmt::join(values, " "));
    if (options.style.chars_as_text) {
        return pv::characters_of_text(text);
    }
    return native == wire::ca::Dbr::enum_ ? enum_value(text, meta, options) : pv::Value::of(std::string_view(text));
}

/// Reads and prints the value under a heading. False when it was not read in time.
bool show(CaSession& session, const Options& options, std::string_view heading)
{
    CaPv& pv = session.pvs().front();
    const auto info = session.info(pv);
    session.ask(pv, read_type(info.native, options.style, false), info.count);
    const bool read = session.wait();
    if (!read) {
        fmt::print(stderr, "Read operation timed out: PV data was not read.\n");
    }
    fmt::print("{}{}", heading, line_of(pv, options.form, options.style, false));
    return read;
}

int put(const Options& options)
{
    CaSession session({options.words.front()}, options.timeout_s, options.priority);
    if (!session.connect()) {
        fmt::print(stderr, "Channel connect timed out: '{}' not found.\n", options.words.front());
        return 1;
    }
    CaPv& pv = session.pvs().front();
    const wire::ca::Dbr native = session.info(pv).native;
    if (native == wire::ca::Dbr::enum_) {
        session.ask(pv, wire::ca::Dbr::gr_enum, 1);
        if (!session.wait()) {
            fmt::print(stderr, "Read operation timed out: ENUM data was not read.\n");
            return 1;
        }
    }
    auto value = value_of(options, native, pv.meta);
    if (!value) {
        fmt::print(stderr, "{}\n", value.error());
        return 1;
    }
    if (options.form != CaForm::terse) {
        (void)show(session, options, "Old : ");
    }
    session.put(pv, std::move(*value), options.wait);
    if (!session.wait()) {
        fmt::print(stderr, "Write operation timed out: Data was not written.\n");
        return 1;
    }
    if (!pv.status->ok()) {
        fmt::print(stderr, "Error from put operation: {}\n",
                   pv.status->text.empty() ? pv::to_string(pv.status->outcome) : pv.status->text);
        return 1;
    }
    return show(session, options, options.form == CaForm::terse ? "" : "New : ") ? 0 : 1;
}

} // namespace

int caput_main(int argc, char** argv)
{
    const Options options = parse(argc, argv);
    if (options.status) {
        return *options.status;
    }
    try {
        return put(options);
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "caput: {}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
