#include "ioc/command/list.h"

#include "db/database.h"
#include "ioc/ioc.h"

#include <fmt/format.h>

#include <cstdlib>
#include <iterator>
#include <ostream>
#include <vector>

namespace iochron::ioc::command {
namespace {

std::string_view rights_text(pv::Rights rights)
{
    return rights.read ? (rights.write ? "Read/Write" : "Read Only") : (rights.write ? "Write Only" : "No Access");
}

void add_link(std::string& text, const db::CaLink& link)
{
    fmt::format_to(std::back_inserter(text), "{:>28}.{:<4} {} {:<28}  ({}, {})\n", link.record, link.field,
                   link.connected ? "==>" : "-->", link.target, link.losses, link.replaced);
    if (link.connected) {
        fmt::format_to(std::back_inserter(text), "{:>21} [{}{}    ] host {}, {}\n", "", link.monitors ? "IN" : "  ",
                       link.texts ? "IS" : "  ", link.server.empty() ? "this IOC" : link.server,
                       rights_text(link.rights));
    }
}

/// In the form of EPICS Base's dbcar.
std::string report(const std::vector<db::CaLink>& links, int level)
{
    std::string text;
    std::size_t connected = 0;
    std::size_t unread = 0;
    std::size_t unwritten = 0;
    std::uint64_t losses = 0;
    std::uint64_t replaced = 0;
    for (const db::CaLink& link : links) {
        if (level > (link.connected ? 1 : 0)) {
            add_link(text, link);
        }
        if (link.connected) {
            ++connected;
            unread += link.rights.read ? 0 : 1;
            unwritten += link.rights.write ? 0 : 1;
            losses += link.losses;
            replaced += link.replaced;
        }
    }
    fmt::format_to(std::back_inserter(text),
                   "{}Total {} CA link{}; {} connected, {} not connected.\n"
                   "    {} can't read, {} can't write.  ({} disconnects, {} writes prohibited)\n\n",
                   text.empty() ? "" : "\n", links.size(), links.size() == 1 ? "" : "s", connected,
                   links.size() - connected, unread, unwritten, losses, replaced);
    return text;
}

} // namespace

void dbcar(Shell& shell, std::span<const std::string> arguments)
{
    const bool all = arguments.empty() || arguments[0].empty() || arguments[0] == "*";
    const int level = arguments.size() > 1 ? std::atoi(arguments[1].c_str()) : 0;
    std::string text = all ? std::string("CA links in all records\n\n")
                           : fmt::format("CA links in record named '{}'\n\n", arguments[0]);
    shell.ioc().with_database([&](db::Database& database) {
        std::vector<db::CaLink> links = database.ca_links();
        std::erase_if(links, [&](const db::CaLink& link) { return !all && link.record != arguments[0]; });
        text += report(links, level);
    });
    shell.out() << text;
}

} // namespace iochron::ioc::command
