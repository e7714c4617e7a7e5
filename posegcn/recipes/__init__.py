"""Published training recipes: every number with its source."""

from posegcn.recipes import (
    gla_gcn,
    graph_hourglass,
    modulated_gcn,
    residual_gcn,
    semgcn,
    temporal_conv,
)
from posegcn.recipes.recipe import Recipe

RECIPES = {
    recipe.name: recipe
    for family in (
        semgcn,
        residual_gcn,
        graph_hourglass,
        modulated_gcn,
        temporal_conv,
        gla_gcn,
    )
    for recipe in family.RECIPES
}

__all__ = ["RECIPES", "Recipe"]
