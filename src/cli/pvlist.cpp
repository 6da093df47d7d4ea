#include "cli/pv_session.h"
#include "cli/pv_tools.h"
#include "pv/normative.h"

#include <fmt/core.h>

#include <algorithm>

namespace iochron::cli {
namespace {

constexpr const char* usage = R"(usage: pvlist [options] [SERVER]...

Without a SERVER, finds the pvAccess servers that answer: prints GUID, version, protocol and addresses of each. With one
(host, host:port, or a GUID, "0x" and 24 digits), prints the names that it serves.

  -i          what the server is, instead of its names
  -w SECONDS  time to search, and to wait for an answer (3)
  -V -h       version; this help
  -d -q -F SEPARATOR  are taken, and change nothing
)";

constexpr double default_timeout_s = 3;
constexpr std::size_t guid_digits = 24;

bool is_guid(std::string_view text)
{
    return text.starts_with("0x") && text.size() == 2 + guid_digits;
}

std::string guid_text(const wire::pva::Guid& guid)
{
    std::string text = "0x";
    for (const std::byte byte : guid) {
        text += fmt::format("{:02X}", std::to_integer<unsigned>(byte));
    }
    return text;
}

void print(const client::pva::Server& server)
{
    fmt::print("GUID {} version {}: {}@[ ", guid_text(server.guid), server.version, server.protocol);
    for (const base::Endpoint& endpoint : server.endpoints) {
        fmt::print("{} ", to_string(endpoint));
    }
    fmt::print("]\n");
}

/// Lists the names of one server, or what it is. False where it does not tell.
bool list(client::Context& context, const base::Endpoint& server, const PvOptions& options)
{
    pv::Structure question(pv::nt_uri({{"op", pv::scalar(pv::ScalarType::string)}}));
    (void)question.set("scheme", "pva");
    (void)question.set("path", "server");
    (void)question.set("query.op", options.info ? "info" : "channels");
    question.mark_all();
    const auto answer = context.rpc("server", question, {.timeout = patience(options), .server = server});
    if (!answer || answer->structure() == nullptr) {
        fmt::print(stderr, "Error: {}: {}\n", to_string(server),
                   answer ? "the answer is no structure" : answer.error().text);
        return false;
    }
    const pv::Structure& told = *answer->structure();
    if (options.info) {
        pv::PrintStyle style = options.style;
        style.form = pv::PrintForm::raw;
        fmt::print("{}\n", to_text(told, style));
        return true;
    }
    const pv::Value* const names = told.find("value");
    const bool texts = names != nullptr && names->is_array() && names->type() == pv::ScalarType::string;
    for (std::size_t i = 0; texts && i < names->count(); ++i) {
        fmt::print("{}\n", names->text_at(i));
    }
    return true;
}

client::Outcome<base::Endpoint> server_of(client::Context& context, const std::string& word,
                                          const std::vector<client::pva::Server>& servers)
{
    if (!is_guid(word)) {
        return context.server_at(word);
    }
    const auto found = std::ranges::find_if(
        servers, [&](const client::pva::Server& server) { return guid_text(server.guid) == word; });
    if (found == servers.end()) {
        return std::unexpected(pv::Status{pv::Outcome::timed_out, fmt::format("Failed to resolve GUID '{}'!", word)});
    }
    return found->endpoints.front();
}

} // namespace

int pvlist_main(int argc, char** argv)
{
    const PvOptions options = parse_options(argc, argv, {"pvlist", ":hVw:qdF:i", usage, "qdF"}, default_timeout_s);
    if (options.status) {
        return *options.status;
    }
    client::Context context(pv_context());
    std::vector<client::pva::Server> servers;
    if (options.words.empty() || std::ranges::any_of(options.words, is_guid)) {
        servers = context.servers(patience(options));
    }
    if (options.words.empty()) {
        std::ranges::for_each(servers, print);
        return 0;
    }
    bool good = true;
    for (const std::string& word : options.words) {
        const auto server = server_of(context, word, servers);
        if (!server) {
            fmt::print(stderr, "{}\n", server.error().text);
        }
        good = server && list(context, *server, options) && good;
    }
    return good ? 0 : 1;
}

} // namespace iochron::cli
