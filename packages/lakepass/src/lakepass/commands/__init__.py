"""The subcommands of `lakepass`, beside the doctor and the emulator."""
