#include "base/problem.h"
#include "cli/ca_read.h"
#include "cli/ca_tools.h"
#include "pv/convert.h"
#include "reactor/system_clock.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
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
        case 'S':
            options.array = option == 'a';
            options.style.chars_as_text = option == 'S';
            break;
        case 'n':
        case 's':
            options.enums_as_text = option == 's';
            options.style.enums_as_numbers = option == 'n';
            break;
        default:
            return false;
        }
        return true;
    };
    // A leading '+': a negative value behind the name is no option.
    parse_options(argc, argv, {"caput", "+:cnlhatsVS#:w:p:F:", usage}, options, own);
    options.count = 0; // -# is read, and means nothing to EPICS' caput
    if (!options.status && options.words.size() < 2) {
        fmt::print(stderr, "No value specified. ('caput -h' for help.)\n");
        options.status = 1;
    }
    return options;
}

/// What is written, and in which form.
struct Put {
    wire::ca::Dbr type = wire::ca::Dbr::string;
    pv::Value value;
};
using PutOrWords = std::expected<Put, std::string>;

/// What one DBR_STRING carries of a text: 39 characters.
std::string short_text(const std::string& text)
{
    return unescaped(text).substr(0, wire::ca::string_bytes - 1);
}

/// The index that a text is, where it is one.
std::expected<double, std::string> index_of(const std::string& text, std::size_t choices, std::string_view otherwise)
{
    char* end = nullptr;
    const double index = std::strtod(text.c_str(), &end);
    if (end == text.c_str()) {
        return std::unexpected(fmt::format(fmt::runtime(otherwise), text));
    }
    if (index >= static_cast<double>(choices)) {
        fmt::print(stderr, "Warning: enum index value '{}' may be too large.\n", text);
    }
    return index;
}

/// Choices by their text; where the last of them is none, all by index: as EPICS' caput, which decides by the last.
PutOrWords enum_put(const std::vector<std::string>& words, const pv::Meta& meta, const Options& options)
{
    constexpr std::string_view no_choice = "Enum string value '{}' invalid.";
    std::vector<std::string> texts;
    std::vector<double> indices;
    bool by_index = false;
    for (const std::string& word : words) {
        texts.push_back(options.style.enums_as_numbers ? word : short_text(word));
        by_index =
            options.style.enums_as_numbers || std::ranges::find(meta.choices, texts.back()) == meta.choices.end();
        indices.push_back(0);
        if (!by_index) {
            continue;
        }
        if (options.enums_as_text) {
            return std::unexpected(fmt::format(fmt::runtime(no_choice), texts.back()));
        }
        const auto index =
            index_of(texts.back(), meta.choices.size(),
                     options.style.enums_as_numbers ? "Enum index value '{}' is not a number." : no_choice);
        if (!index) {
            return std::unexpected(index.error());
        }
        indices.back() = *index;
    }
    if (by_index) {
        return Put{wire::ca::Dbr::double_,
                   indices.size() == 1 ? pv::Value::of(indices.front()) : pv::Value::array_of<double>(indices)};
    }
    return Put{wire::ca::Dbr::string, pv::Value::string_array(texts)};
}

/// What the words behind the name mean for a channel of that type.
PutOrWords put_of(const Options& options, wire::ca::Dbr native, const pv::Meta& meta)
{
    std::vector<std::string> words(options.words.begin() + (options.array ? 2 : 1), options.words.end());
    if (!options.array) {
        words = {fmt::format("{}", fmt::join(words, " "))};
    }
    if (native == wire::ca::Dbr::enum_) {
        return enum_put(words, meta, options);
    }
    if (options.style.chars_as_text) {
        return Put{wire::ca::Dbr::char_, pv::characters_of_text(unescaped(words.front()))};
    }
    std::ranges::transform(words, words.begin(), short_text);
    return Put{wire::ca::Dbr::string, pv::Value::string_array(words)};
}

/// Reads and prints the value under a heading.
void show(CaSession& session, const Options& options, std::string_view heading)
{
    CaPv& pv = session.pvs().front();
    const auto info = session.info(pv);
    session.ask(pv, read_type(info.native, options.style, false), info.count);
    if (!session.wait()) {
        fmt::print(stderr, "Read operation timed out: PV data was not read.\n");
    }
    fmt::print("{}{}", heading, line_of(pv, options.form, options.style, false));
    std::fflush(stdout);
}

/// What EPICS' client library calls a failure: programs look for these words.
std::string_view failure(const pv::Status& status)
{
    switch (status.outcome) {
    case pv::Outcome::no_write_access:
        return "Write access denied";
    case pv::Outcome::bad_count:
        return "Invalid element count requested";
    case pv::Outcome::disconnected:
        return "Virtual circuit disconnect";
    default:
        return "Channel write request failed";
    }
}

/// Nobody waits for a put without -c, so its failure is no failure of caput: EPICS' client library writes this.
void tell_failure(const CaPv& pv, const Put& put)
{
    const std::string dots(66, '.');
    const std::string_view record = std::string_view(pv.name).substr(0, pv.name.find('.'));
    fmt::print(stderr,
               "CA.Client.Exception{}\n    Warning: \"{}\"\n    Context: \"op=1, channel={}, type={}, count={}, "
               "ctx=\"{}\"\"\n    Current Time: {}\n{}\n",
               dots.substr(19), failure(*pv.status), pv.name, wire::ca::to_string(put.type), put.value.count(), record,
               stamp_text(reactor::SystemClock().now()), dots);
}

/// The exit status. Without -c it is 0 also where the server refused the value, as in EPICS Base.
int write(CaSession& session, const Options& options, const Put& put)
{
    CaPv& pv = session.pvs().front();
    if (put.value.count() > session.info(pv).count) {
        fmt::print(stderr, "ERROR from put operation: {}\n", failure({pv::Outcome::bad_count}));
        return 1;
    }
    session.put(pv, put.value, put.type, options.wait);
    const bool done = session.wait();
    if (!done) {
        fmt::print(stderr, "{}\n",
                   options.wait ? "Write callback operation timed out"
                                : "Write operation timed out: Data was not written.");
        if (!options.wait) {
            return 1;
        }
    } else if (!pv.status->ok() && options.wait) {
        fmt::print(stderr, "ERROR occured writing data: {}\n", failure(*pv.status));
        return 1;
    } else if (!pv.status->ok()) {
        tell_failure(pv, put);
    }
    show(session, options, options.form == CaForm::terse ? "" : "New : ");
    return 0;
}

int put(const Options& options)
{
    CaSession session({options.words.front()}, options.timeout_s, options.priority);
    if (!connect_or_tell(session)) {
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
    const auto wanted = put_of(options, native, pv.meta);
    if (!wanted) {
        fmt::print(stderr, "{}\n", wanted.error());
        return 1;
    }
    if (options.form != CaForm::terse) {
        show(session, options, "Old : ");
    }
    return write(session, options, *wanted);
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
