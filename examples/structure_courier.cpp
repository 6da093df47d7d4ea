// Carries structures over pvAccess from one PV to another, whatever their types: structure_courier SERVICE NAME...
// Each update of NAME is put to NAME:COPY, as far as it has changed, and told to SERVICE, an RPC, with its type: {name:
// "X", how: "get" or "update", marks: the paths of what was sent, value: the structure}. Ends when it is told to.
#include "client/context.h"
#include "client/pva/settings.h"
#include "ioc/environment.h"
#include "ioc/until_signal.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace iochron;

std::vector<std::string> marks_of(const pv::Structure& structure)
{
    std::vector<std::string> paths;
    const pv::BitSet& marked = structure.marked();
    for (std::size_t i = marked.next(0); i != pv::BitSet::none_left; i = marked.next(i + 1)) {
        paths.push_back(structure.type()->path(static_cast<std::uint32_t>(i)));
    }
    return paths;
}

/// Thread: any
class Courier {
  public:
    Courier(client::Context& context, std::string service) : context_(context), service_(std::move(service)) {}

    /// Throws away what cannot be carried, with a line on standard error.
    void tell(const std::string& name, const char* how, const pv::Structure& value)
    {
        static const pv::TypeRef type = pv::structure("", {{"name", pv::scalar(pv::ScalarType::string)},
                                                           {"how", pv::scalar(pv::ScalarType::string)},
                                                           {"marks", pv::array(pv::ScalarType::string)},
                                                           {"value", pv::any_type()}});
        pv::Structure told(type);
        (void)told.set("name", name); // all of their own types
        (void)told.set("how", how);
        (void)told.set("marks", pv::Value::string_array(marks_of(value)));
        (void)told.set("value", pv::Value::of(value));
        if (const auto answer = context_.rpc(service_, told); !answer) {
            fmt::print(stderr, "{}: {}\n", service_, answer.error().text);
        }
    }
    void put(const std::string& name, const pv::Structure& value)
    {
        const pv::Status done = context_.put("pva://" + name, pv::Value::of(value), {.request = "field()"});
        if (!done.ok()) {
            fmt::print(stderr, "{}: {}\n", name, done.text);
        }
    }
    void get(const std::string& name)
    {
        if (const auto got = context_.get_structure(name)) {
            tell(name, "get", *got);
        } else {
            fmt::print(stderr, "{}: {}\n", name, got.error().text);
        }
    }
    void take(const std::string& name, const client::Updates& updates)
    {
        for (const pv::Update& update : updates.updates) {
            if (const pv::Structure* const structure = update.sample.value.structure()) {
                put(name + ":COPY", *structure);
                tell(name, "update", *structure);
            }
        }
    }

  private:
    client::Context& context_;
    std::string service_;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc < 3) {
        fmt::print(stderr, "usage: structure_courier SERVICE NAME...\n");
        return 2;
    }
    client::ContextSettings settings;
    settings.pva = client::pva::parse_settings(ioc::process_variable);
    client::Context context(settings);
    Courier courier(context, argv[1]);
    std::vector<client::Monitor> monitors;
    for (const std::string name : std::span(argv + 2, argv + argc)) {
        courier.get(name);
        client::MonitorOptions options;
        options.structures = true;
        auto monitor = context.monitor(
            name, [&courier, name](const client::Updates& updates) { courier.take(name, updates); },
            std::move(options));
        if (!monitor) {
            fmt::print(stderr, "{}: {}\n", name, monitor.error().text);
            return 1;
        }
        monitors.push_back(std::move(*monitor));
    }
    fmt::print("ready\n");
    std::fflush(stdout);
    ioc::until_signal();
}
