#include "base/problem.h"
#include "cli/pv_session.h"
#include "cli/pv_tools.h"
#include "cli/pv_value.h"

#include <fmt/core.h>

namespace iochron::cli {
namespace {

constexpr const char* usage = R"(usage: pvput [options] NAME VALUE
       pvput [options] NAME COUNT VALUE...       an array; COUNT is ignored
       pvput [options] NAME FIELD=VALUE...       as in alarm.severity=1
       pvput [options] NAME JSON                 as in '[1,2]' or '{"value":1.5}'

Writes a PV over pvAccess and prints it before and after. A value may be the text of a choice; that of a field may be
JSON.

  -w SECONDS  time to wait for an answer (5); 0: for ever
  -r REQUEST  pvRequest, as in 'record[block=true,process=true]field(value)'
  -M MODE     nt (default), raw (all fields that were sent) or json
  -v          raw
  -q          does not print what was before
  -p pva      the only protocol here
  -V -h       version; this help
  -d -t -n -s -F SEPARATOR  are taken, and change nothing
)";

pv::Structure present(client::Context& context, const PvOptions& options)
{
    auto structure =
        context.get_structure(options.words[0], {.request = options.request, .timeout = patience(options)});
    if (!structure) {
        throw base::Problem(structure.error().text);
    }
    return std::move(*structure);
}

int put(const PvOptions& options)
{
    client::Context context(pv_context());
    const pv::Structure before = present(context, options);
    if (!options.quiet) {
        fmt::print("Old : {}", text_of(before, options));
        std::fflush(stdout);
    }
    pv::Structure put(before.type());
    for (const std::string& name : fill(put, std::span(options.words).subspan(1), before)) {
        fmt::print(stderr, "{} : Warning: no such field. Ignoring it.\n", name);
    }
    const pv::Status done =
        context.put("pva://" + std::string(without_scheme(options.words[0])), pv::Value::of(put),
                    {.timeout = patience(options), .request = options.request.empty() ? "field()" : options.request});
    if (!done.ok()) {
        throw base::Problem(done.text);
    }
    if (!done.text.empty()) {
        fmt::print(stderr, "{}: Warning: {}\n", without_scheme(options.words[0]), done.text);
    }
    fmt::print("{}{}", options.quiet ? "" : "New : ", text_of(present(context, options), options));
    return 0;
}

} // namespace

int pvput_main(int argc, char** argv)
{
    // The first word ends the options: values may be negative.
    PvOptions options = parse_options(argc, argv, {"pvput", "+:hvVM:r:w:tp:qdF:f:ns", usage, "tdFns"});
    if (!options.status && options.words.empty()) {
        fmt::print(stderr, "No pv name specified. ('pvput -h' for help.)\n");
        options.status = 1;
    } else if (!options.status && options.words.size() == 1) {
        fmt::print(stderr, "No value(s) specified. ('pvput -h' for help.)\n");
        options.status = 1;
    }
    if (options.status) {
        return *options.status;
    }
    options.style.marked_only = true;
    try {
        return put(options);
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "{}: {}\n", without_scheme(options.words[0]), problem.what());
        return 1;
    }
}

} // namespace iochron::cli
