// A store of structures over pvAccess. A call of STORE with {name: "X", value: any structure} makes a PV of that name,
// type and value, a mailbox from then on; called again for the name, it closes that PV and opens it with the new one.
// STORE itself tells the names. A client that looks for NEW:ANYTHING gets a number that nobody has made before.
#include "ioc/shared_pv_server.h"
#include "pv/normative.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace iochron;

/// Its calls come one at a time, on the server's thread for handlers. Thread: shard
class Store {
  public:
    explicit Store(SharedPvServer& server)
        : server_(server), list_(server.add("STORE", pv::Structure(pv::nt_scalar_array(pv::ScalarType::string)),
                                            {.put = [](const auto& put) { put.refuse("call STORE to make a PV"); },
                                             .call = [this](const auto& call) { make(call); }}))
    {}

  private:
    void make(const SharedPvServer::Operation& call)
    {
        const pv::Structure* const arguments = call.value().structure();
        const pv::Value* const name = arguments != nullptr ? arguments->find("name") : nullptr;
        const pv::Structure* const value = arguments != nullptr ? structure(*arguments) : nullptr;
        if (name == nullptr || !name->is_text() || value == nullptr) {
            call.refuse("wanted are a text \"name\" and a structure \"value\"");
            return;
        }
        const auto [place, is_new] = pvs_.try_emplace(std::string(name->text()));
        if (is_new) {
            place->second = server_.add(place->first, *value);
            tell_names();
        } else {
            server_.close(place->second);
            server_.open(place->second, *value);
        }
        call.done(pv::Structure(pv::structure("", {})));
    }
    /// `value` may be an `any` that holds the structure, or a structure inside.
    static const pv::Structure* structure(const pv::Structure& arguments)
    {
        const pv::Value* const given = arguments.find("value");
        return given == nullptr          ? nullptr
               : given->any() != nullptr ? given->any()->value.structure()
                                         : given->structure();
    }
    void tell_names()
    {
        std::vector<std::string> names;
        for (const auto& [name, number] : pvs_) {
            names.push_back(name);
        }
        server_.post(list_, pv::Value::string_array(names));
    }

    SharedPvServer& server_;
    std::map<std::string, SharedPvServer::Pv> pvs_;
    SharedPvServer::Pv list_;
};

} // namespace

int main()
{
    SharedPvServer server;
    const Store store(server);
    server.on_name([&](const std::string& name) {
        if (name.starts_with("NEW:")) {
            server.add(name, pv::Structure(pv::nt_scalar(pv::ScalarType::float64)));
        }
    });
    server.start();
    fmt::print("ready\n");
    std::fflush(stdout);
    server.run();
}
