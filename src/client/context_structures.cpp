// Operations on whole structures: get, put, put-get, rpc, process, info.
#include "client/context_parts.h"
#include "client/scheme.h"
#include "reactor/resolve.h"

#include <fmt/format.h>

#include <utility>

namespace iochron::client {
namespace {

constexpr std::string_view ca_scheme = "ca://";

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

Outcome<pv::Structure> structure_of(const Answer& answer)
{
    if (const pv::Structure* const structure = answer.value.structure()) {
        return *structure;
    }
    return std::unexpected(pv::Status{pv::Outcome::get_failed, "the server gave no structure"});
}

Outcome<pv::Value> value_of(const Answer& answer)
{
    return answer.value;
}

Outcome<PvInfo> info_of(const Answer& answer)
{
    return answer.info;
}

Outcome<std::string> words_of(const Answer& answer)
{
    return answer.words;
}

} // namespace

template <class T, class Take>
reactor::Later<Outcome<T>> Context::Structures::ask(std::string_view name, const StructureOptions& options,
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
        return reactor::ready<Outcome<T>>(*context_.parts_->executor, std::unexpected(bare.error()));
    }
    reactor::LaterValue<Outcome<T>> given(*context_.parts_->executor);
    reactor::Later<Outcome<T>> later = given.later();
    Parts& parts = *context_.parts_;
    parts.shard->post([&parts, name = std::move(*bare), options, operation = std::move(operation), take,
                       given = std::move(given)]() mutable {
        parts.core->ask(name, options, std::move(operation),
                        [take, given = std::move(given)](const Outcome<Answer>& answer) mutable {
                            given.set(answer ? take(*answer) : std::unexpected(answer.error()));
                        });
    });
    return later;
}

reactor::Later<pv::Status> Context::Structures::put(std::string_view name, const pv::Value& value,
                                                    const PutOptions& options)
{
    auto request = pva::request_of(options.request, {.block = options.wait, .processing = options.processing});
    const Outcome<std::string> bare = pva_name(name);
    if (!request || !bare || address_of(name).protocol == Address::Protocol::ca) {
        return reactor::ready(*context_.parts_->executor,
                              !request ? request.error()
                              : !bare  ? bare.error()
                                       : pv::Status{pv::Outcome::unsupported, "Channel Access knows no pvRequest"});
    }
    reactor::LaterValue<pv::Status> given(*context_.parts_->executor);
    reactor::Later<pv::Status> later = given.later();
    Parts& parts = *context_.parts_;
    pva::Operation operation{pva::Operation::Kind::put, std::move(*request), value};
    const StructureOptions how{.timeout = options.timeout, .server = options.server};
    parts.shard->post(
        [&parts, name = *bare, how, operation = std::move(operation), given = std::move(given)]() mutable {
            parts.core->ask(name, how, std::move(operation),
                            [given = std::move(given)](const Outcome<Answer>& answer) mutable {
                                given.set(answer ? pv::Status{pv::Outcome::ok, answer->words} : answer.error());
                            });
        });
    return later;
}

reactor::Later<Outcome<pv::Structure>> Context::get_structure_later(std::string_view name,
                                                                    const StructureOptions& options)
{
    return Structures(*this).ask<pv::Structure>(name, options, {.kind = pva::Operation::Kind::get}, structure_of);
}

Outcome<pv::Structure> Context::get_structure(std::string_view name, const StructureOptions& options)
{
    return get_structure_later(name, options).get();
}

reactor::Later<Outcome<pv::Structure>> Context::put_get_later(std::string_view name, const pv::Structure& value,
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

reactor::Later<Outcome<pv::Value>> Context::rpc_later(std::string_view name, const pv::Structure& arguments,
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
        Structures(*this).ask<std::string>(name, options, {.kind = pva::Operation::Kind::process}, words_of).get();
    return done ? pv::Status{pv::Outcome::ok, *done} : done.error();
}

reactor::Later<Outcome<PvInfo>> Context::info_later(std::string_view name, const StructureOptions& options)
{
    return Structures(*this).ask<PvInfo>(name, options, {.kind = pva::Operation::Kind::info}, info_of);
}

Outcome<PvInfo> Context::info(std::string_view name, const StructureOptions& options)
{
    return info_later(name, options).get();
}

Outcome<base::Endpoint> Context::server_at(std::string_view host)
{
    reactor::LaterValue<reactor::Resolved> given(*parts_->executor);
    reactor::Later<reactor::Resolved> later = given.later();
    parts_->shard->post([this, host = std::string(host), given = std::move(given)]() mutable {
        reactor::resolve(
            *parts_->shard, host, parts_->core->server_port(),
            [given = std::move(given)](reactor::Resolved resolved) mutable { given.set(std::move(resolved)); });
    });
    const reactor::Resolved found = later.get();
    if (found.endpoints.empty()) {
        return std::unexpected(pv::Status{pv::Outcome::no_such_channel, found.problems.empty()
                                                                            ? fmt::format("{} is no server", host)
                                                                            : found.problems.front()});
    }
    return found.endpoints.front();
}

std::vector<pva::Server> Context::servers(std::chrono::nanoseconds patience)
{
    reactor::LaterValue<std::vector<pva::Server>> given(*parts_->executor);
    reactor::Later<std::vector<pva::Server>> later = given.later();
    parts_->shard->post([this, patience, given = std::move(given)]() mutable {
        parts_->core->discover(patience, [given = std::move(given)](std::vector<pva::Server> servers) mutable {
            given.set(std::move(servers));
        });
    });
    return later.get();
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
    answer.words = status.text;
    if (sample != nullptr) {
        answer.value = sample->value;
        answer.info.type = sample->meta != nullptr ? sample->meta->structure : nullptr;
    }
    answer.info.server = pva().server_of(operation.pv->channel).value_or(base::Endpoint{});
    operation.answer_done(std::move(answer));
}

} // namespace iochron::client
