#pragma once
// A stand-in: it says which models the device was built with, and what is chosen for them.
#include <vector>
#include "esphome/core/component.h"
#include "esphome/core/log.h"

namespace esphome::micro_wake_word {

static const char *const TAG = "micro_wake_word";

class WakeWordModel {
 public:
  WakeWordModel(const char *name, int size) : name_(name), size_(size) {}
  void set_probability_cutoff(uint8_t cutoff) { ESP_LOGI(TAG, "%s: cutoff %u", this->name_, cutoff); }
  void enable() { ESP_LOGI(TAG, "%s: enabled", this->name_); }
  void dump() { ESP_LOGI(TAG, "%s: %d bytes", this->name_, this->size_); }

 protected:
  const char *name_;
  int size_;
};

class MicroWakeWord : public Component {
 public:
  void add_model(WakeWordModel *model) { this->models_.push_back(model); }
  void setup() override {
    ESP_LOGI(TAG, "%zu models", this->models_.size());
    for (auto *model : this->models_)
      model->dump();
  }

 protected:
  std::vector<WakeWordModel *> models_;
};

}  // namespace esphome::micro_wake_word
