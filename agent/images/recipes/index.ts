// All recipes of this agent. A new image that is built from packages is added here.
import type { Recipe } from '../recipe.ts';
import { debian12Recipe } from './debian-12/build.ts';
import { tinyRecipe } from './tiny/build.ts';

export const recipes: readonly Recipe[] = [tinyRecipe, debian12Recipe];
