"""Made by `make generate` from the declaration of the kinds, akua-model/src/api.rs. Not edited by hand."""
