#include "base/problem.h"

#include <fmt/format.h>

namespace iochron::base {

std::string to_string(const Place& place)
{
    return place.line == 0 ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

Problem::Problem(const Place& place, std::string_view text)
    : std::runtime_error(fmt::format("{}: {}", to_string(place), text))
{}

Problem::Problem(std::string_view text) : std::runtime_error(std::string(text)) {}

} // namespace iochron::base
