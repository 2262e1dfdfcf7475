# Dataclasses, generators and pattern matching.
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    player: str
    kind: str


def describe(moves):
    """Yield a line for each move; the pattern that matches it decides the text."""
    for move in moves:
        match move:
            case Move(player, "rock" | "paper" | "scissors" as kind):
                yield f"{player} plays {kind}"
            case Move(player, kind):
                yield f"{player} tries {kind}, which is not a move"


game = [
    Move("Ada", "rock"),
    Move("Grace", "paper"),
    Move("Alan", "well"),
    Move("Ada", "scissors"),
]
print(*describe(game), sep="\n")
Counter(move.player for move in game).most_common()
