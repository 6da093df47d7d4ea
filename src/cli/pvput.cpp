#include "cli/pv_session.h"
#include "cli/pv_tools.h"

#include <fmt/core.h>

namespace iochron::cli {
namespace {

constexpr const char* usage = R"(usage: pvput [options] NAME VALUE...

Writes a PV over pvAccess and prints it before and after: one value as a number, text or choice, several as an array.

  -w -M -v -q -p -V -h   as pvget
)";

/// The present state of the PV; false where there is none.
bool show(client::Context& context, std::string_view when, const PvOptions& options)
{
    const auto reading = context.get(with_scheme(options.words[0]), patience(options));
    if (!reading) {
        fmt::print(stderr, "{}: {}\n", options.words[0], reading.error().text);
        return false;
    }
    if (!options.quiet && reading->value.structure() != nullptr) {
        fmt::print("{} : ", when);
        print(options.words[0], *reading->value.structure(), options);
    }
    return true;
}

} // namespace

int pvput_main(int argc, char** argv)
{
    const PvOptions options = parse_pv_options(argc, argv, usage);
    if (options.status) {
        return *options.status;
    }
    if (options.words.size() < 2) {
        fmt::print(stderr, "pvput wants a name and a value\n{}", usage);
        return 1;
    }
    client::Context shown(pv_context(true));
    client::Context context(pv_context(false));
    if (!show(shown, "Old", options)) {
        return 1;
    }
    const std::vector<std::string> values(options.words.begin() + 1, options.words.end());
    const pv::Value value =
        values.size() == 1 ? pv::Value::of(std::string_view(values[0])) : pv::Value::string_array(values);
    const pv::Status put =
        context.put(with_scheme(options.words[0]), value, {.wait = true, .timeout = patience(options)});
    if (!put.ok()) {
        fmt::print(stderr, "{}: {}\n", options.words[0], put.text);
        return 1;
    }
    return show(shown, "New", options) ? 0 : 1;
}

} // namespace iochron::cli
