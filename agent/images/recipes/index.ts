// All recipes this agent knows. Adding an image that is built from packages means adding it here.
import type { Recipe } from '../recipe.ts';
import { tinyRecipe } from './tiny/build.ts';

export const recipes: readonly Recipe[] = [tinyRecipe];
