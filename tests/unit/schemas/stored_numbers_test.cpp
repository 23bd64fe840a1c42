// What stored data depend on: field and kind numbers never change, whatever the schemas grow to.
#include <gtest/gtest.h>

#include "schemas/evidence.pb.h"
#include "schemas/log.pb.h"

namespace sekisho::pb {
namespace {

TEST(StoredNumbers, EntryKinds) {
  const std::pair<EntryKind, int> kKinds[] = {{GENESIS, 1},          {START, 2},           {KEY, 3},
                                              {GOVERNANCE, 4},       {LOG_CLOSE, 5},       {INTENT, 6},
                                              {REQUEST_OUT, 7},      {REQUEST_IN, 8},      {TERMS_OUT, 9},
                                              {TERMS_IN, 10},        {NRO_OUT, 11},        {NRO_IN, 12},
                                              {NRR_OUT, 13},         {NRR_IN, 14},         {REFUSAL_OUT, 15},
                                              {REFUSAL_IN, 16},      {VOID_OUT, 17},       {VOID_IN, 18},
                                              {STREAM_OPEN_OUT, 19}, {STREAM_OPEN_IN, 20}, {STREAM_HEAD_OUT, 21},
                                              {STREAM_HEAD_IN, 22},  {STREAM_END_OUT, 23}, {STREAM_END_IN, 24},
                                              {AGREEMENT_OUT, 25},   {AGREEMENT_IN, 26},   {SETTLEMENT_OUT, 27},
                                              {SETTLEMENT_IN, 28},   {TRANSFORM, 29},      {ACCESS, 30},
                                              {ERASURE, 31},         {OBSERVED, 32},       {TSA, 33},
                                              {ALERT, 34},           {SUMMARY, 35}};
  for (const auto& [kind, number] : kKinds) EXPECT_EQ(static_cast<int>(kind), number) << EntryKind_Name(kind);
  EXPECT_EQ(static_cast<int>(EntryKind_MAX), 35);
}

TEST(StoredNumbers, EntryFields) {
  Entry entry;
  entry.set_version(1);
  entry.set_kind(NRO_OUT);
  entry.set_time_us(2);
  entry.set_exchange("e");
  entry.set_agreement("a");
  entry.set_payload("p");
  entry.mutable_seal()->set_signature("s");
  entry.add_tokens()->set_value("t");
  entry.set_detail("d");
  entry.set_pad("0");
  const std::string kBytes(
      "\x08\x01\x10\x0b\x18\x02\x22\x01"
      "e\x2a\x01"
      "a\x32\x01p\x3a\x03\x2a\x01s\x42\x03\x12\x01t\x4a\x01"
      "d\x52\x01"
      "0");
  EXPECT_EQ(entry.SerializeAsString(), kBytes);
}

TEST(StoredNumbers, EnvelopeFields) {
  Envelope envelope;
  envelope.set_payload("p");
  Seal& seal = *envelope.mutable_seal();
  seal.set_algorithm(1);
  seal.set_index(2);
  seal.set_size(3);
  seal.add_path("h");
  seal.set_signature("s");
  EXPECT_EQ(envelope.SerializeAsString(), std::string("\x0a\x01p\x12\x0c\x08\x01\x10\x02\x18\x03\x22\x01h\x2a\x01s"));
}

}  // namespace
}  // namespace sekisho::pb
