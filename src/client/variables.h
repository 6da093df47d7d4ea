#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::client {

/// A host as the user wrote it, which may be a name.
struct Host {
    std::string name;
    std::uint16_t port = 0;

    bool operator==(const Host&) const = default;
};

/// Gives a variable's value, or nothing. An empty value counts as unset.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// Reads variables and collects what is wrong with them, with what is taken instead.
/// Thread: any (distinct objects)
class Variables {
  public:
    Variables(const Environment& environment, std::vector<std::string>& warnings)
        : environment_(environment), warnings_(warnings)
    {}

    [[nodiscard]] std::string text(std::string_view name) const { return environment_(name).value_or(""); }
    double number(std::string_view name, double otherwise, double least, double most);
    /// libca: ports up to 5000 are reserved, and the default is taken instead.
    std::uint16_t port(std::string_view name, std::uint16_t otherwise);
    std::vector<Host> hosts(std::string_view name, std::uint16_t default_port);

  private:
    void warn(std::string_view name, std::string_view value, std::string_view why, double taken);
    void add(std::string_view name, std::vector<Host>& found, Host host);

    const Environment& environment_;
    std::vector<std::string>& warnings_;
};

} // namespace iochron::client
