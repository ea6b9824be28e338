// Ends all processes below one, whatever group or session they have moved to.
#ifndef TT_TREE_H
#define TT_TREE_H
#include <sys/types.h>

// Stops them first, one generation after the other, so that none can start another while they are killed. `ancestor` itself lives.
void kill_descendants(pid_t ancestor);

#endif
