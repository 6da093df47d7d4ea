#pragma once

#include "base/endpoint.h"
#include "base/read_number.h"

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron::server {

/// The value of an environment variable; nothing where it is not set.
using Variable = std::function<std::optional<std::string>(std::string_view name)>;

/// One reading of the environment. What makes no sense is noted as a problem, in one line that says what is taken
/// instead, and changes nothing. An empty value is as good as none.
/// Thread: any (distinct objects)
class EnvironmentReading {
  public:
    EnvironmentReading(const Variable& variable, std::vector<std::string>& problems)
        : variable_(variable), problems_(problems)
    {}

    /// The first of the names that is set to something, and its value.
    struct Found {
        std::string_view name;
        std::string text;
    };
    [[nodiscard]] std::optional<Found> first_of(std::initializer_list<std::string_view> names) const;
    /// Whether the word is among those of the variable, which blanks separate.
    [[nodiscard]] bool has_word(std::string_view name, std::string_view word) const;

    template <class... Args>
    void problem(fmt::format_string<Args...> text, Args&&... args)
    {
        problems_.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    /// A port from 5001 to 65535, as EPICS has it; with `any` also 0, for one that the system chooses.
    void port(std::uint16_t& to, std::initializer_list<std::string_view> names, bool any = false);
    template <class Number>
    void number(Number& to, Number least, Number most, std::initializer_list<std::string_view> names);
    /// Addresses as numbers; a port behind one is ignored, as rsrv does.
    [[nodiscard]] std::vector<base::Ipv4> addresses(std::string_view name);

  private:
    const Variable& variable_;
    std::vector<std::string>& problems_;
};

template <class Number>
void EnvironmentReading::number(Number& to, Number least, Number most, std::initializer_list<std::string_view> names)
{
    const auto found = first_of(names);
    if (!found) {
        return;
    }
    const auto value = base::read_number<Number>(found->text);
    if (!value || !(*value >= least && *value <= most)) {
        problem("{}: \"{}\" is no number from {} to {}, {} is used", found->name, found->text, least, most, to);
        return;
    }
    to = *value;
}

} // namespace iochron::server
