#include "cli/ca_options.h"

#include <fmt/core.h>

#include <getopt.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace iochron::cli {
namespace {

/// A number at the beginning of a text, as sscanf() takes it.
template <class T>
std::optional<T> leading(const char* text)
{
    char* end = nullptr;
    const long long value = std::strtoll(text, &end, 10);
    return end != text ? std::optional(static_cast<T>(value)) : std::nullopt;
}

/// All of the text is the number; blanks may stand around it.
std::optional<double> seconds_of(const char* text)
{
    char* end = nullptr;
    const double value = std::strtod(text, &end);
    if (end == text) {
        return std::nullopt;
    }
    end += std::strspn(end, " \t\n\v\f\r");
    return *end == '\0' ? std::optional(value) : std::nullopt;
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

void take_digits(char form, const char* argument, CaStyle& style)
{
    constexpr int most = 18;
    const auto digits = leading<int>(argument);
    if (!digits) {
        fmt::print(stderr, "Invalid precision argument '{}' for option '-{}' - ignored.\n", argument, form);
    } else if (*digits < 0 || *digits > most) {
        fmt::print(stderr, "Precision {} for option '-{}' out of range - ignored.\n", *digits, form);
    } else {
        style.float_form = form;
        style.digits = *digits;
    }
}

void take_integer_form(char option, const char* argument, CaStyle::Integer& place)
{
    if (const auto form = integer_form(argument)) {
        place = *form;
    } else {
        fmt::print(stderr, "Invalid argument '{}' for option '-{}' - ignored.\n", argument, option);
    }
}

void take_priority(const char* argument, std::string_view tool, CaOptions& options)
{
    constexpr std::uint32_t highest = 99;
    const auto given = leading<std::uint32_t>(argument);
    if (!given) {
        fmt::print(stderr, "'{}' is not a valid CA priority - ignored. ('{} -h' for help.)\n", argument, tool);
    }
    options.priority = static_cast<std::uint16_t>(std::min(given.value_or(0), highest));
}

bool take_common(char option, const char* argument, std::string_view tool, CaOptions& options)
{
    switch (option) {
    case 'w':
        if (const auto seconds = seconds_of(argument)) {
            options.timeout_s = *seconds;
        } else {
            fmt::print(stderr, "'{}' is not a valid timeout value - ignored, using '{:.1f}'. ('{} -h' for help.)\n",
                       argument, options.timeout_s, tool);
        }
        break;
    case 'p':
        take_priority(argument, tool, options);
        break;
    case '#':
        if (const auto count = leading<std::uint32_t>(argument)) {
            options.count = *count;
        } else {
            fmt::print(stderr, "'{}' is not a valid array element count - ignored. ('{} -h' for help.)\n", argument,
                       tool);
            options.count = 0;
        }
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
        take_digits(option, argument, options.style);
        break;
    case 'l':
        take_integer_form(option, argument, options.style.rounded);
        break;
    case '0':
        take_integer_form(option, argument, options.style.integers);
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
    if (met == ':') {
        fmt::print(stderr, "Option '-{}' requires an argument. ('{} -h' for help.)\n", letter, tool);
    } else {
        fmt::print(stderr, "Unrecognized option: '-{}'. ('{} -h' for help.)\n", letter, tool);
    }
    return 1;
}

/// EPICS_CLI_TIMEOUT, or 1 s.
double default_timeout_s()
{
    const char* const given = std::getenv("EPICS_CLI_TIMEOUT");
    const auto seconds = given != nullptr ? seconds_of(given) : 1.0;
    if (!seconds) {
        fmt::print(stderr,
                   "'{}' is not a valid timeout value (from 'EPICS_CLI_TIMEOUT' in the environment) - ignored. (use "
                   "'-h' for help.)\n",
                   given);
    }
    return seconds.value_or(1);
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
            if (!take_common(static_cast<char>(c), optarg, tool.name, options)) {
                fmt::print(stderr, "{}", tool.usage); // a letter that means nothing, as in EPICS' tools
                options.status = 1;
            }
        }
    }
    options.words.assign(argv + optind, argv + argc);
    if (!options.status && options.words.empty() && tool.wants_names) {
        fmt::print(stderr, "No pv name specified. ('{} -h' for help.)\n", tool.name);
        options.status = 1;
    }
}

} // namespace iochron::cli
