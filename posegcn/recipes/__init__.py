"""Published training recipes: every number with its source."""

from posegcn.recipes import graph_hourglass, modulated_gcn, residual_gcn, semgcn
from posegcn.recipes.recipe import Recipe

RECIPES = {
    recipe.name: recipe
    for family in (semgcn, residual_gcn, graph_hourglass, modulated_gcn)
    for recipe in family.RECIPES
}

__all__ = ["RECIPES", "Recipe"]
