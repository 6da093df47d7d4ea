#include "ioc/environment.h"

#include "db/load/expander.h"

#include <cstdio>
#include <cstdlib>

extern char** environ;

namespace iochron::ioc {

Environment process_environment()
{
    Environment all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            all.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return all;
}

std::optional<std::string> process_variable(std::string_view name)
{
    const char* const value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void print_line(int stream, std::string_view line)
{
    std::FILE* const to = stream == 1 ? stdout : stderr;
    std::fprintf(to, "%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(to);
}

std::string expand(std::string_view text, const Environment& environment)
{
    if (text.find('$') == std::string_view::npos) {
        return std::string(text);
    }
    db::load::Macros macros;
    for (const auto& [name, value] : environment) {
        macros.set(name, value);
    }
    const base::Limits limits;
    return db::load::Expander(macros, limits).expand(text, {});
}

} // namespace iochron::ioc
