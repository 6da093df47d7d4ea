#include "server/ca/report.h"

#include "server/ca/circuit.h"
#include "server/ca/service.h"

#include <fmt/format.h>

namespace iochron::server::ca {
namespace {

std::string one_line(const Circuit& circuit)
{
    const Backlog& backlog = circuit.backlog();
    return fmt::format("  {} {}@{} (4.{}, priority {}): {} channels, {} subscriptions, {} updates, {} bytes wait{}{}, "
                       "{} coalesced, {} paused",
                       circuit.peer().address, circuit.peer().account, circuit.peer().host, circuit.minor(),
                       circuit.priority(), circuit.channels(), circuit.subscriptions(), circuit.posted(),
                       backlog.size(), backlog.paused() ? ", paused" : "", backlog.behind() ? ", behind" : "",
                       backlog.coalesced(), backlog.paused_out());
}

} // namespace

std::vector<std::string> report(const Service& service, int level)
{
    const Service::Counts& counts = service.counts();
    std::vector<std::string> lines;
    lines.push_back(fmt::format("Channel Access server on port {}: {} circuits, {} channels, {} subscriptions",
                                service.port(), counts.sessions.value(), counts.channels.value(),
                                counts.subscriptions.value()));
    lines.push_back(fmt::format("  {} updates from records, {} posted to subscriptions, {} coalesced, {} paused, "
                                "{} dropped, {} malformed messages, {} names searched, {} found",
                                counts.updates.value(), counts.posted.value(), counts.coalesced.value(),
                                counts.paused.value(), counts.dropped.value(), counts.malformed.value(),
                                service.search_counts().searches.value(), service.search_counts().found.value()));
    if (level < 1) {
        return lines;
    }
    service.each_circuit([&](const Circuit& circuit) {
        lines.push_back(one_line(circuit));
        if (level >= 2) {
            circuit.each_subscription([&](const Circuit::SubscriptionReport& subscription) {
                lines.push_back(fmt::format("    {} (id {}): {} delivered, {} superseded", subscription.name,
                                            subscription.id, subscription.delivered, subscription.superseded));
            });
        }
    });
    return lines;
}

} // namespace iochron::server::ca
