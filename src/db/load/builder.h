#pragma once

#include "base/log.h"
#include "db/database.h"
#include "db/load/definitions.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::load {

/// Puts what a file defines into a Database, and collects what is wrong instead of stopping at the first of it.
/// Thread: shard
class Builder final : public Definitions {
  public:
    /// Thrown when there are so many problems that reading on helps nobody.
    struct Enough {};

    /// Keeps both.
    Builder(Database& database, base::Log& log) : database_(database), log_(log) {}

    void record(const Word& type, const Word& name) override;
    void field(const Word& name, const Value& value) override;
    void info(const Word& name, const Value& value) override;
    void alias(const Word& name) override;
    void end_record() override { record_.reset(); }
    void alias(const Word& record, const Word& name) override;
    void values_at(const Mark& set) override { values_ = set; }

    /// Notes a problem that already names its place.
    void note(std::string problem);
    [[nodiscard]] std::size_t created() const { return created_; }
    /// All problems so far, one a line; empty where there are none.
    [[nodiscard]] std::string problems() const;

  private:
    void wrong(const Mark& mark, std::string_view what);
    [[nodiscard]] bool check_name(const Word& name);
    void remove(const Word& name);
    void check_hint(std::string_view key, const Value& value);
    void add_alias(RecordId record, const Word& name);

    static constexpr std::size_t most_problems = 20;

    Database& database_;
    base::Log& log_;
    std::optional<RecordId> record_; ///< that the fields are for; none where it is wrong itself
    std::size_t created_ = 0;
    Mark values_; ///< the set of values of the template that is read
    std::vector<std::string> problems_;
};

} // namespace iochron::db::load
