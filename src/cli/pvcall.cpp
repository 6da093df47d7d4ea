#include "base/problem.h"
#include "cli/pv_session.h"
#include "cli/pv_tools.h"
#include "cli/pv_value.h"
#include "pv/normative.h"

#include <fmt/core.h>

#include <utility>

namespace iochron::cli {
namespace {

constexpr const char* usage = R"(usage: pvcall [options] NAME [ARGUMENT=VALUE]...

Calls a service over pvAccess (RPC), with the arguments as an NTURI, and prints what it gives.

  -w SECONDS  time to wait for an answer (5); 0: for ever
  -r REQUEST  pvRequest
  -M MODE     nt (default), raw (all fields) or json
  -v          raw, and prints what is sent
  -s NAME -a ARGUMENT=VALUE  the older form of name and arguments
  -p pva      the only protocol here
  -V -h       version; this help
  -d          is taken, and changes nothing

A VALUE is a text, or JSON: '[1,2]' is sent as an array of texts, '{"a":1}' as a structure.
)";

pv::Structure uri_of(const std::string& name, const std::vector<std::string>& arguments)
{
    std::vector<std::pair<std::string, pv::Value>> query;
    std::vector<pv::Member> members;
    for (const std::string& argument : arguments) {
        try {
            query.push_back(argument_of(argument));
        } catch (const base::Problem& problem) {
            throw base::Problem(fmt::format("Error parsing argument '{}': {}", argument, problem.what()));
        }
        members.push_back({query.back().first, type_of(query.back().second)});
    }
    pv::Structure uri(pv::nt_uri(std::move(members)));
    (void)uri.set("scheme", "pva"); // all of their own types
    (void)uri.set("path", name);
    for (const auto& [argument, value] : query) {
        (void)uri.set("query." + argument, value);
    }
    uri.mark_all();
    return uri;
}

int call(const std::string& name, const PvOptions& options)
{
    const pv::Structure uri = uri_of(name, options.arguments);
    if (options.verbosity > 0) {
        fmt::print("# Argument\n{}", text_of(uri, options));
        std::fflush(stdout);
    }
    client::Context context(pv_context());
    const auto result = context.rpc(name, uri, {.request = options.request, .timeout = patience(options)});
    if (!result) {
        throw base::Problem(fmt::format("Error: {}", result.error().text));
    }
    if (options.verbosity > 0) {
        fmt::print("# Result\n");
    }
    if (const pv::Structure* const structure = result->structure()) {
        fmt::print("{}", text_of(*structure, options));
    } else if (!result->empty()) {
        fmt::print("{}\n", options.json ? to_json(*result) : plain_text(*result));
    }
    return 0;
}

} // namespace

int pvcall_main(int argc, char** argv)
{
    PvOptions options = parse_options(argc, argv, {"pvcall", ":hvVM:r:w:p:ds:a:", usage, "d"});
    auto first = options.words.begin();
    if (!options.status && options.service.empty() && options.words.empty()) {
        fmt::print(stderr, "No pv name specified. ('pvcall -h' for help.)\n");
        options.status = 1;
    } else if (options.service.empty() && !options.words.empty()) {
        options.service = *first++;
    }
    if (options.status) {
        return *options.status;
    }
    options.arguments.insert(options.arguments.end(), first, options.words.end());
    try {
        return call(std::string(without_scheme(options.service)), options);
    } catch (const base::Problem& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        return 1;
    }
}

} // namespace iochron::cli
