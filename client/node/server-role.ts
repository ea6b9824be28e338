// The name that authorities of TT put into certificates of servers, and into nothing else.
export const SERVER_ROLE_URI = 'tt://server';
