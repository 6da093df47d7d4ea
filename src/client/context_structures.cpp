// Operations on whole structures: get, put, put-get, rpc, process, info.
#include "client/context_parts.h"
#include "client/scheme.h"
#include "reactor/resolve.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::client {
namespace {

constexpr std::string_view ca_scheme = "ca://";

template <class T>
std::future<T> ready(T value)
{
    std::promise<T> promise;
    promise.set_value(std::move(value));
    return promise.get_future();
}

/// The name without its scheme; refused for Channel Access.
Outcome<std::string> pva_name(std::string_view name)
{
    if (name.starts_with(ca_scheme)) {
        return std::unexpected(pv::Status{pv::Outcome::unsupported, "Channel Access has no structures"});
    }
    const std::string_view bare = address_of(name).name;
    if (bare.empty() || bare.size() > base::Limits{}.name_bytes) {
        return std::unexpected(pv::Status{pv::Outcome::no_such_channel, "this is no name of a PV"});
    }
    return std::string(bare);
}

Outcome<pv::Structure> structure_of(Answer answer)
{
    if (const pv::Structure* const structure = answer.value.structure()) {
        return *structure;
    }
    return std::unexpected(pv::Status{pv::Outcome::get_failed, "the server gave no structure"});
}

Outcome<pv::Value> value_of(Answer answer)
{
    return std::move(answer.value);
}

Outcome<PvInfo> info_of(Answer answer)
{
    return std::move(answer.info);
}

Outcome<bool> done_of(const Answer& /*answer*/)
{
    return true;
}

} // namespace

template <class T, class Take>
std::future<Outcome<T>> Context::Structures::ask(std::string_view name, const StructureOptions& options,
                                                 pva::Operation operation, Take take)
{
    Outcome<std::string> bare = pva_name(name);
    if (bare && operation.request.empty()) {
        if (auto request = pva::request_of(options.request)) {
            operation.request = std::move(*request);
        } else {
            bare = std::unexpected(request.error());
        }
    }
    if (!bare) {
        return ready<Outcome<T>>(std::unexpected(bare.error()));
    }
    std::promise<Outcome<T>> promise;
    std::future<Outcome<T>> future = promise.get_future();
    Parts& parts = *context_.parts_;
    parts.shard->post([&parts, name = std::move(*bare), options, operation = std::move(operation), take,
                       promise = std::move(promise)]() mutable {
        parts.core->ask(name, options, std::move(operation),
                        [take, promise = std::move(promise)](Outcome<Answer> answer) mutable {
                            promise.set_value(answer ? take(std::move(*answer)) : std::unexpected(answer.error()));
                        });
    });
    return future;
}

std::future<pv::Status> Context::Structures::put(std::string_view name, const pv::Value& value,
                                                 const PutOptions& options)
{
    auto request = pva::request_of(options.request, {.block = options.wait, .processing = options.processing});
    const Outcome<std::string> bare = pva_name(name);
    if (!request || !bare || address_of(name).protocol == Address::Protocol::ca) {
        return ready(!request ? request.error()
                     : !bare  ? bare.error()
                              : pv::Status{pv::Outcome::unsupported, "Channel Access knows no pvRequest"});
    }
    std::promise<pv::Status> promise;
    std::future<pv::Status> future = promise.get_future();
    Parts& parts = *context_.parts_;
    pva::Operation operation{pva::Operation::Kind::put, std::move(*request), value};
    const StructureOptions how{.timeout = options.timeout, .server = options.server};
    parts.shard->post(
        [&parts, name = *bare, how, operation = std::move(operation), promise = std::move(promise)]() mutable {
            parts.core->ask(name, how, std::move(operation),
                            [promise = std::move(promise)](const Outcome<Answer>& answer) mutable {
                                promise.set_value(answer ? pv::Status{} : answer.error());
                            });
        });
    return future;
}

std::future<Outcome<pv::Structure>> Context::get_structure_later(std::string_view name, const StructureOptions& options)
{
    return Structures(*this).ask<pv::Structure>(name, options, {.kind = pva::Operation::Kind::get}, structure_of);
}

Outcome<pv::Structure> Context::get_structure(std::string_view name, const StructureOptions& options)
{
    return get_structure_later(name, options).get();
}

std::future<Outcome<pv::Structure>> Context::put_get_later(std::string_view name, const pv::Structure& value,
                                                           const StructureOptions& options)
{
    pva::Operation operation{.kind = pva::Operation::Kind::put_get, .value = pv::Value::of(value)};
    return Structures(*this).ask<pv::Structure>(name, options, std::move(operation), structure_of);
}

Outcome<pv::Structure> Context::put_get(std::string_view name, const pv::Structure& value,
                                        const StructureOptions& options)
{
    return put_get_later(name, value, options).get();
}

std::future<Outcome<pv::Value>> Context::rpc_later(std::string_view name, const pv::Structure& arguments,
                                                   const StructureOptions& options)
{
    pva::Operation operation{.kind = pva::Operation::Kind::rpc, .value = pv::Value::of(arguments)};
    return Structures(*this).ask<pv::Value>(name, options, std::move(operation), value_of);
}

Outcome<pv::Value> Context::rpc(std::string_view name, const pv::Structure& arguments, const StructureOptions& options)
{
    return rpc_later(name, arguments, options).get();
}

pv::Status Context::process(std::string_view name, const StructureOptions& options)
{
    const auto done =
        Structures(*this).ask<bool>(name, options, {.kind = pva::Operation::Kind::process}, done_of).get();
    return done ? pv::Status{} : done.error();
}

std::future<Outcome<PvInfo>> Context::info_later(std::string_view name, const StructureOptions& options)
{
    return Structures(*this).ask<PvInfo>(name, options, {.kind = pva::Operation::Kind::info}, info_of);
}

Outcome<PvInfo> Context::info(std::string_view name, const StructureOptions& options)
{
    return info_later(name, options).get();
}

Outcome<base::Endpoint> Context::server_at(std::string_view host)
{
    std::promise<reactor::Resolved> promise;
    std::future<reactor::Resolved> future = promise.get_future();
    parts_->shard->post([this, host = std::string(host), promise = std::move(promise)]() mutable {
        reactor::resolve(*parts_->shard, host, parts_->core->server_port(),
                         [promise = std::move(promise)](reactor::Resolved resolved) mutable {
                             promise.set_value(std::move(resolved));
                         });
    });
    const reactor::Resolved found = future.get();
    if (found.endpoints.empty()) {
        return std::unexpected(pv::Status{pv::Outcome::no_such_channel, found.problems.empty()
                                                                            ? fmt::format("{} is no server", host)
                                                                            : found.problems.front()});
    }
    return found.endpoints.front();
}

std::vector<pva::Server> Context::servers(std::chrono::nanoseconds patience)
{
    std::promise<std::vector<pva::Server>> promise;
    std::future<std::vector<pva::Server>> future = promise.get_future();
    parts_->shard->post([this, patience, promise = std::move(promise)]() mutable {
        parts_->core->discover(patience, [promise = std::move(promise)](std::vector<pva::Server> servers) mutable {
            promise.set_value(std::move(servers));
        });
    });
    return future.get();
}

/// Those that are done are destroyed with the next one: not from within their own call.
void ContextCore::discover(std::chrono::nanoseconds patience, pva::Discovery::Done done)
{
    std::erase_if(discoveries_, [](const auto& discovery) { return discovery->done(); });
    discoveries_.push_back(std::make_unique<pva::Discovery>(shard_, settings_.pva, log_, patience, std::move(done)));
}

ContextCore::Pv& ContextCore::bare_channel_of(const std::string& name, const std::optional<base::Endpoint>& server)
{
    std::unique_ptr<Pv>& pv = bare_pvs_[server ? fmt::format("{} {}", name, to_string(*server)) : name];
    if (pv && pv->refused) { // by its only server: asked anew
        pva().close(pv->channel);
        pv.reset();
    }
    if (!pv) {
        pv = std::make_unique<Pv>();
        pv->name = name;
        pv->source = &pva();
        pv->only_here = server.has_value();
        pv->channel = pva().open_bare({name, token_of(*pv)}, *this, server);
    }
    return *pv;
}

void ContextCore::ask(const std::string& name, const StructureOptions& how, pva::Operation operation, AnswerDone done)
{
    auto asked = std::make_unique<Operation>();
    asked->asked = std::move(operation);
    asked->answer_done = std::move(done);
    begin(bare_channel_of(name, how.server), how.timeout, std::move(asked));
}

void ContextCore::answer(Operation& operation, const pv::Status& status, const pv::Sample* sample)
{
    if (!status.ok()) {
        operation.answer_done(std::unexpected(status));
        return;
    }
    Answer answer;
    if (sample != nullptr) {
        answer.value = sample->value;
        answer.info.type = sample->meta != nullptr ? sample->meta->structure : nullptr;
    }
    answer.info.server = pva().server_of(operation.pv->channel).value_or(base::Endpoint{});
    operation.answer_done(std::move(answer));
}

} // namespace iochron::client
