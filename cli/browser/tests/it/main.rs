//! The picture in a browser.

mod drawing;
mod hostile;
mod keyboard;
mod neighbour;
mod odd;
mod search;
mod speed;
mod theme;
