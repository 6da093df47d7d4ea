#include "cli/pv_session.h"
#include "cli/pv_tools.h"

#include <fmt/core.h>

namespace iochron::cli {
namespace {

constexpr const char* usage = R"(usage: pvinfo [options] NAME...

Prints which server has a PV of pvAccess, and the PV's type.

  -w SECONDS  time to wait for an answer (5); 0: for ever
  -p pva      the only protocol here
  -V -h       version; this help
  -d -c       are taken, and change nothing
)";

} // namespace

int pvinfo_main(int argc, char** argv)
{
    PvOptions options = parse_options(argc, argv, {"pvinfo", ":hVw:p:dc", usage, "dc"});
    if (!options.status && options.words.empty()) {
        fmt::print(stderr, "No pv name(s) specified. ('pvinfo -h' for help.)\n");
        options.status = 1;
    }
    if (options.status) {
        return *options.status;
    }
    client::Context context(pv_context());
    std::vector<reactor::Later<client::Outcome<client::PvInfo>>> under_way;
    for (const std::string& name : options.words) {
        under_way.push_back(context.info_later(name, {.timeout = patience(options)}));
    }
    int status = 0;
    for (std::size_t i = 0; i < under_way.size(); ++i) {
        const auto info = under_way[i].get();
        const std::string_view name = without_scheme(options.words[i]);
        if (!info) {
            fmt::print(stderr, "{} Error: {}\n", name, info.error().text);
            status = 1;
            continue;
        }
        fmt::print("{}\nServer: {}\nType:\n{}\n", name, to_string(info->server),
                   info->type ? pv::type_text(*info->type, 1) : std::string{});
        std::fflush(stdout);
    }
    return status;
}

} // namespace iochron::cli
