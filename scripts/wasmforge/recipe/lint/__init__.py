"""What a recipe must say: conda-forge's rules as far as they fit this channel, and those of the channel."""
