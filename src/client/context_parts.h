#pragma once

#include "client/context_core.h"

#include <memory>

namespace iochron::client {

/// What a Context consists of.
/// Thread: fixed
struct Context::Parts {
    std::unique_ptr<base::Log> own_log;
    base::Log* log = nullptr;
    std::unique_ptr<reactor::Executor> own_executor;
    reactor::Executor* executor = nullptr;
    std::unique_ptr<reactor::Shard> own_shard;
    reactor::Shard* shard = nullptr;
    std::unique_ptr<ContextCore> core; ///< touched on the shard alone
};

/// What the operations on structures have in common: the pvRequest and the name are looked at first, then the shard
/// does the work.
/// Thread: any
struct Context::Structures {
    explicit Structures(Context& context) : context_(context) {}

    reactor::Later<pv::Status> put(std::string_view name, const pv::Value& value, const PutOptions& options);
    /// `take` makes the result of the Answer.
    template <class T, class Take>
    reactor::Later<Outcome<T>> ask(std::string_view name, const StructureOptions& options, pva::Operation operation,
                                   Take take);

  private:
    Context& context_;
};

} // namespace iochron::client
