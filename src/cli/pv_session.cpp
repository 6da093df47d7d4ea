#include "cli/pv_session.h"

#include "client/scheme.h"
#include "ioc/environment.h"

#include <fmt/core.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <pwd.h>

namespace iochron::cli {

client::ContextSettings pv_context()
{
    client::ContextSettings settings;
    settings.ca = client::ca::parse_settings(ioc::process_variable);
    settings.pva = client::pva::parse_settings(ioc::process_variable);
    if (const passwd* const who = getpwuid(geteuid())) {
        settings.pva.account = who->pw_name;
    }
    std::array<char, 256> host{};
    settings.pva.host = gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "";
    return settings;
}

std::string_view without_scheme(std::string_view name)
{
    return client::address_of(name).name;
}

std::string text_of(const pv::Structure& structure, const PvOptions& options)
{
    return options.json ? to_json(structure, options.style.marked_only) + '\n' : to_text(structure, options.style);
}

std::size_t width_of(const std::vector<std::string>& names)
{
    std::size_t width = 0;
    for (const std::string& name : names) {
        width = std::max(width, without_scheme(name).size());
    }
    return width;
}

} // namespace iochron::cli
