// Puts and calls that clients make, between the server's shard and the program's handlers.
#include "ioc/shared_pv_state.h"

#include <exception>

namespace iochron {

SharedPvServer::Pv SharedPvServer::Operation::pv() const
{
    return state_->pv;
}

const std::string& SharedPvServer::Operation::name() const
{
    return state_->name;
}

const pv::Value& SharedPvServer::Operation::value() const
{
    return state_->value;
}

const pv::Peer& SharedPvServer::Operation::peer() const
{
    return state_->peer;
}

void SharedPvServer::Operation::done() const
{
    state_->end([](const pv::Answer& answer) { answer.done(); });
}

void SharedPvServer::Operation::done(pv::Structure result) const
{
    state_->end([result = std::move(result)](const pv::Answer& answer) { answer.done(result); });
}

void SharedPvServer::Operation::refuse(std::string words) const
{
    state_->end([words = std::move(words)](const pv::Answer& answer) { answer.refuse(words); });
}

void SharedPvServer::Operation::State::end(std::function<void(const pv::Answer&)> use)
{
    if (ended.exchange(true)) {
        return;
    }
    gate->with([&](SharedPvServer::State& to) {
        to.shard.post([answer = std::move(answer), use = std::move(use)] { use(answer); });
    });
}

void SharedPvServer::State::hand(const std::shared_ptr<const Handlers>& handlers, bool call, Operation operation)
{
    auto run = [this, handlers, call, operation = std::move(operation)] {
        std::string thrown;
        try {
            (call ? handlers->call : handlers->put)(operation);
            return;
        } catch (const std::exception& fault) {
            thrown = fault.what();
        } catch (...) {
            thrown = "the handler of this PV threw something that is no std::exception";
        }
        log->error("shared_pv.handler", "{}: {}", operation.name(), thrown);
        operation.refuse(std::move(thrown));
    };
    if (handlers->never_block) {
        run();
    } else {
        user.submit(std::move(run));
    }
}

} // namespace iochron
