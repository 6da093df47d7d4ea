// The variables of an IOC: those of its settings, and of this process.
#include "ioc/environment.h"
#include "ioc/state.h"

namespace iochron {

std::optional<std::string> Ioc::State::set_variable(const std::string& name) const
{
    const auto found = settings.environment.find(name);
    return found != settings.environment.end() ? found->second : ioc::process_variable(name);
}

std::string Ioc::State::variable(const std::string& name) const
{
    const auto found = settings.environment.find(name);
    return found != settings.environment.end() ? found->second : std::string{};
}

server::Variable Ioc::State::environment() const
{
    return [this](std::string_view name) -> std::optional<std::string> {
        const std::string value = variable(std::string(name));
        return value.empty() ? std::nullopt : std::optional(value);
    };
}

void Ioc::set_environment(const std::string& name, const std::string& value)
{
    state_->shard.call([&] { state_->settings.environment[name] = value; });
}

} // namespace iochron
