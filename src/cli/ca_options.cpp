#include "cli/ca_options.h"

#include "cli/ca_session.h"

#include <fmt/core.h>

#include <getopt.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>

namespace iochron::cli {
namespace {

template <class T>
std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

void ignored(std::string_view tool, std::string_view text, std::string_view what)
{
    fmt::print(stderr, "{0}: '{1}' is no {2} and is ignored; {0} -h lists the options\n", tool, text, what);
}

std::optional<CaStyle::Integer> integer_form(const char* text)
{
    switch (text[0]) {
    case 'x':
        return CaStyle::Integer::hexadecimal;
    case 'o':
        return CaStyle::Integer::octal;
    case 'b':
        return CaStyle::Integer::binary;
    default:
        return std::nullopt;
    }
}

bool take_common(char option, const char* argument, std::string_view tool, CaOptions& options)
{
    const auto take = [&](const auto& given, auto& place, std::string_view what) {
        if (given) {
            place = *given;
        } else {
            ignored(tool, argument, what);
        }
    };
    constexpr std::uint16_t highest_priority = 99;
    switch (option) {
    case 'w':
        take(number<double>(argument), options.timeout_s, "time in seconds");
        break;
    case 'p':
        take(number<std::uint16_t>(argument), options.priority, "priority from 0 to 99");
        options.priority = std::min(options.priority, highest_priority);
        break;
    case '#':
        take(number<std::uint32_t>(argument), options.count, "count of elements");
        break;
    case 'n':
        options.style.enums_as_numbers = true;
        break;
    case 'S':
        options.style.chars_as_text = true;
        break;
    case 'e':
    case 'f':
    case 'g':
        options.style.float_form = option;
        take(number<int>(argument), options.style.digits, "number of digits");
        break;
    case 'l':
        take(integer_form(argument), options.style.rounded, "form of integers (x, o or b)");
        break;
    case '0':
        take(integer_form(argument), options.style.integers, "form of integers (x, o or b)");
        break;
    case 'F':
        options.style.separator = argument[0];
        break;
    case 'V':
        fmt::print("iochron, Channel Access protocol 4.13\n");
        options.status = 0;
        break;
    default:
        return false;
    }
    return true;
}

int complain(int met, int option, std::string_view tool)
{
    const auto letter = static_cast<char>(option);
    const std::string what =
        met == ':' ? fmt::format("option -{} wants a value", letter) : fmt::format("there is no option -{}", letter);
    fmt::print(stderr, "{0}: {1}; {0} -h lists the options\n", tool, what);
    return 1;
}

} // namespace

void parse_options(int argc, char** argv, const CaTool& tool, CaOptions& options,
                   const std::function<bool(char option, const char* argument)>& own)
{
    options.timeout_s = default_timeout_s();
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt(argc, argv, tool.letters)) != -1 && !options.status;) {
        if (c == 'h') {
            fmt::print("{}", tool.usage);
            options.status = 0;
        } else if (c == '?' || c == ':') {
            options.status = complain(c, optopt, tool.name);
        } else if (!own(static_cast<char>(c), optarg)) {
            (void)take_common(static_cast<char>(c), optarg, tool.name, options);
        }
    }
    options.words.assign(argv + optind, argv + argc);
    if (!options.status && options.words.empty()) {
        fmt::print(stderr, "No pv name specified. ('{} -h' for help.)\n", tool.name);
        options.status = 1;
    }
}

} // namespace iochron::cli
