#pragma once

#include "server/ca/search.h"
#include "server/ca/update_encoder.h"
#include "server/service.h"

#include <span>

namespace iochron::server::ca {

class Circuit;

/// The Channel Access server without its sockets: a Service whose sessions are Circuits and whose frames are CA's.
/// Thread: shard
class Service final : public server::Service {
  public:
    explicit Service(Surroundings surroundings);

    /// How values become frames.
    [[nodiscard]] UpdateEncoder& encoder() { return encoder_; }

    [[nodiscard]] SearchResponder::Counts& search_counts() { return search_counts_; }
    [[nodiscard]] const SearchResponder::Counts& search_counts() const { return search_counts_; }

    template <class F>
    void each_circuit(F&& f) const;

    // pv::Sink
    std::size_t updates(std::span<const pv::Update> batch) override;

  private:
    EncodedUpdate encode(const Group& group, const pv::Sample& sample) override;
    EncodedUpdate refuse(const Group& group, const pv::Status& why) override;
    void forget_elements() override { encoder_.forget_elements(); }

    UpdateEncoder encoder_;
    SearchResponder::Counts search_counts_;
};

} // namespace iochron::server::ca
