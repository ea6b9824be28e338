// Gives a copied guest the ssh host key of its own where that needs no program but its server: Dropbear with one Ed25519 key, which no service
// manager looks after.
#ifndef TT_HOST_KEY_H
#define TT_HOST_KEY_H

enum host_key {
  // Another server, or more keys: for a script, which knows them all. Nothing was changed.
  HOST_KEY_OTHER,
  HOST_KEY_ABSENT,
  HOST_KEY_GIVEN,
  HOST_KEY_FAILED,
};

// `hex`: the key in the format of Dropbear.
enum host_key give_host_key(const char *hex);

#endif
