#pragma once

#include "pv/source.h"

#include <span>
#include <vector>

namespace iochron::pv {

/// Keeps all that it is told.
/// Thread: shard
class KeepingSink final : public Sink {
  public:
    struct End {
        Token token{};
        Status status;
        Value value;
    };
    void opened(std::span<const Opened> answers) override { opens.assign(answers.begin(), answers.end()); }
    std::size_t updates(std::span<const Update> batch) override
    {
        got.insert(got.end(), batch.begin(), batch.end());
        return batch.size();
    }
    void completed(Token token, const Status& status, const Sample* sample) override
    {
        ends.push_back({token, status, sample != nullptr ? sample->value : Value{}});
        updates_before_end = got.size();
    }
    void rights_changed(Token, Rights) override {}
    void meta_changed(Token, const MetaRef& meta) override { metas.push_back(meta); }
    void closed(Token token, const Status&) override { closes.push_back(token); }
    void settled() override { ++settles; }

    std::vector<Opened> opens;
    std::vector<Update> got;
    std::vector<End> ends;
    std::vector<Token> closes;
    std::vector<MetaRef> metas;
    std::size_t updates_before_end = 0;
    int settles = 0;
};

} // namespace iochron::pv
