"""What shoppers call the kinds of a catalogue, in Britain, America and India, and what they call things
that other shops sell; both lists are our own.

Written from common usage, asked once (205 of 467 words found something else, and a third of 190 things
that are not sold found something), then tuned on: none is held out. A word that names nothing here, such
as anklet, is not in the first.
"""

from collections.abc import Iterator

from bench.judgements import Judged, Rule

KIND = "kind"

# Kinds of the catalogue, any of which is right: what they are called.
_CALLED = """
Track Pants, Lounge Pants: lower, lowers
Shorts: half pant, half pants, knee shorts, denim shorts, cycling shorts, running shorts, gym shorts
Capris: three quarters, pedal pushers
Trousers, Leggings: palazzo, palazzos
Trousers, Patiala: harem pants
Trousers: formal pants, dress pants, suit trousers, corduroys, cords
Track Pants: sweat pants, jogger pants, trackpants, track bottom, tracksuit bottoms
Tracksuits, Jackets, Sweatshirts: tracksuit top
Track Pants, Leggings, Tights: yoga pants
Leggings, Tights: gym leggings
Leggings, Jeggings: treggings
Jeggings: jegging
Jeans: skinny jeans
Jumpsuit: dungarees, overalls
Rompers, Jumpsuit: onesie
Rompers: romper suit, babygrow
Rompers, Tops: bodysuit
Tshirts: t shirts, tees, graphic tee, polos, henley
Sweaters, Tshirts: polo neck
Tops, Innerwear Vests: vest top
Tops, Innerwear Vests, Tshirts: tank top, tank, tanktop
Tops: tube top, halter top, peplum top
Camisoles, Tops: cami
Dresses: shirt dress, shift dress, cocktail dress, evening gown, party dress, maxi dress, midi
    dress, bodycon, little black dress, lbd, pinafore, ball gown, prom dress, wedding dress, kids
    dress, frock for girl
Skirts: pencil skirt, mini skirt, miniskirt, long skirt
Skirts, Shorts: skort
Sweatshirts, Sweaters: hooded jumper
Sweaters: pull over, jumpers, woolen sweater
Tshirts, Sweaters: jersey
Sweatshirts: sweatshirts, zip hoodie
Sweatshirts, Jackets: fleece
Jackets: puffer jacket, parka, trench coat, overcoat, leather jacket, denim jacket, bomber jacket
Jackets, Rain Jacket: anorak
Shrug: bolero, shrugs
Waistcoat: waist coat, waistcoats
Jackets, Blazers: sports jacket
Blazers: suit jacket
Suits, Blazers: tuxedo
Suits: two piece suit, 3 piece suit
Kurta Sets, Kurtas, Nehru Jackets: sherwani
Nehru Jackets: modi jacket
Kurta Sets, Kurtas: pathani
Churidar, Salwar, Patiala, Kurta Sets: dhoti
Churidar: churidaar
Salwar: salwars
Patiala: patiala pants
Kurta Sets, Kurtas, Dresses: anarkali
Sarees: sarees
Lehenga Choli, Sarees: half saree
Lehenga Choli, Tops: choli
Dupatta: odhani
Stoles: stole, shawls
Stoles, Scarves: pashmina
Scarves, Stoles: hijab
Mufflers, Scarves: snood
Scarves: infinity scarf
Gloves: gloves
Caps: woollen cap, woolen cap, beanie cap, snapback
Hat, Caps: bucket hat, sun hat
Caps, Headband, Mufflers: ear muffs
Headband, Hair Accessory: alice band
Headband, Wristbands: sweatband, sweat band
Wristbands: wrist band
Trunk: trunks
Briefs, Trunk: underpant
Briefs: panties, bikini briefs, thong, g string, hipsters, boyshorts
Briefs, Shorts: boy shorts
Innerwear Vests, Briefs, Bra, Trunk, Boxers, Camisoles: innerwear
Innerwear Vests: baniyan, baniyans, ganji, sando, vests
Innerwear Vests, Camisoles: thermals, thermal wear
Innerwear Vests, Tights, Leggings: long johns
Bra: bras, bralette, sports bra, push up bra, strapless bra
Shapewear: corset, body shaper, girdle, tummy tucker
Nightdress: nighty, night gown
Nightdress, Night suits, Lounge Pants, Baby Dolls, Lounge Shorts, Lounge Tshirts, Robe: night wear
Baby Dolls: babydoll
Baby Dolls, Dresses, Nightdress: baby doll dress
Nightdress, Baby Dolls: negligee
Night suits, Lounge Pants: pj
Night suits: pyjama set, night suit for kids
Lounge Pants, Lounge Shorts, Night suits, Lounge Tshirts, Nightdress: lounge wear
Nightdress, Night suits: sleep shirt
Robe, Bath Robe: robe
Bath Robe: bath robes
Robe, Bath Robe, Nightdress: housecoat
Tights, Stockings: tights
Stockings: stocking
Stockings, Socks, Leggings: leg warmers
Socks: ankle socks, knee socks, no show socks, footies, trouser socks
Casual Shoes, Formal Shoes, Sports Shoes: shoes for men
Casual Shoes, Sports Shoes: sneaker
Casual Shoes, Sports Shoes, Formal Shoes: hiking boots, walking boots
Casual Shoes: plimsolls, slip on, slipons, driving shoes, deck shoes, wellington boots,
    gumboots
Casual Shoes, Formal Shoes, Flats: desert boots
Casual Shoes, Formal Shoes, Heels, Flats: ankle boots
Casual Shoes, Formal Shoes, Flats: chelsea boots
Casual Shoes, Booties: wellies
Sports Shoes, Casual Shoes: trekking shoes, tennis shoe
Sports Shoes: football studs, spikes shoes, jogging shoe, joggers shoes
Formal Shoes: brogue shoes, monk strap, dress shoes
Formal Shoes, Casual Shoes, Sports Shoes: school shoes
Formal Shoes, Casual Shoes: leather shoes
Flip Flops: flip flop, flipflops, sliders, hawai chappal, bathroom slippers
Flip Flops, Sandals: thong sandals
Flip Flops, Sandals, Casual Shoes: crocs clogs
Sandals, Flip Flops, Casual Shoes: clogs
Heels: wedges, wedge heels, strappy heels, peep toes, sling backs, slingback
Flats, Sandals: gladiator sandals
Flats, Sandals, Flip Flops: kolhapuri
Flats: mojaris, bellies, ballet pumps, flat shoes, flats shoes
Sports Sandals, Sandals: floaters
Sandals: sandles
Handbags: hand bag, sling bags, tote bags, shopper bag, shopping bag, jhola, shoulder bags
Handbags, Clutches: hand purse
Handbags, Messenger Bag: side bag, cross body bag, crossbody
Clutches, Handbags: potli
Clutches: clutch purse
Clutches, Wallets: wristlet
Wallets, Clutches, Handbags: coin purse
Wallets: ladies wallet, mens purse, gents purse, card wallet
Travel Accessory, Wallets: passport holder, passport cover
Travel Accessory: toiletry bag, wash bag, shaving kit bag
Travel Accessory, Clutches, Handbags: makeup bag
Travel Accessory, Handbags: vanity bag
Backpacks: tiffin bag, backpack bag, bagpacks
Laptop Bag, Messenger Bag, Handbags: office bag
Laptop Bag, Messenger Bag: briefcase
Laptop Bag, Tablet Sleeve: laptop sleeve
Tablet Sleeve: tablet cover
Tablet Sleeve, Ipad: ipad cover, ipad case
Mobile Pouch: mobile cover, phone case, mobile phone pouch
Trolley Bag: trolly bag
Trolley Bag, Duffel Bag: cabin luggage, carry on, travelling bag
Duffel Bag: overnight bag, sports bag, kit bag
Rucksacks, Backpacks: hydration pack
Waist Pouch: waist belt bag, belt bag, bumbag
Mobile Pouch, Waist Pouch, Clutches: pouch
Sunglasses: sunglass, sun glass, cooling glass, eyewear, glares, wayfarer, aviator
Watches: wrist watches, chronograph, smart watch, digital watch
Watches, Accessory Gift Set: couple watches
Belts: leather belt, waist belt, buckle belt, belts for jeans
Ties: neck ties, bowtie
Ties, Scarves: cravat
Ties, Accessory Gift Set: pocket square
Cufflinks: cuff link
Suspenders: suspender
Earrings: ear ring, ear rings, earings, ear tops, hoops, hoop earrings, stud earrings, drop
    earrings, danglers, jhumkas
Ring: finger ring, rings, engagement ring
Necklace and Chains, Pendant, Jewellery Set: mangalsutra
Necklace and Chains: neck chain, choker
Jewellery Set, Necklace and Chains: necklace set
Jewellery Set, Pendant: pendant set
Jewellery Set: jewellery sets
Jewellery Set, Earrings, Necklace and Chains, Ring, Bracelet, Bangle, Pendant: imitation jewellery
Bangle, Bracelet: kadas
Bracelet: cuff bracelet, charm bracelet
Perfume and Body Mist: perfumes, cologne spray, eau de parfum, edp, attar, body splash, scents
Deodorant: deos, roll on, body deodorant
Nail Polish: nailpolish
Nail Essentials, Makeup Remover: nail polish remover
Nail Essentials, Nail Polish: nail art
Nail Essentials: nail file, nail clipper
Lipstick: lip stick, lipsticks, matte lipstick, lip shade
Lip Gloss: lipgloss
Lip Plumper: lip plumper
Lip Care: chapstick, lip butter
Kajal and Eyeliner: kajal pencil, surma
Mascara: eye lash, mascaras
Eyeshadow: eye shadow palette
Highlighter and Blush: blush on, cheek tint
Concealer: concealer stick
Face Moisturisers, Foundation and Primer: bb cream
Compact: compact, pressed powder
Body Lotion: body milk
Face Moisturisers: day cream
Eye Cream: under eye cream, eye gel
Sunscreen: sun cream, suncream, sun block, sun lotion
Mask and Peel: face pack, face mask, peel off mask
Face Wash and Cleanser: facewash, cleansing milk
Toner: astringent, rose water
Makeup Remover: makeup wipes
Hair Colour: hair color, hair dye
Beauty Accessory: makeup kit, makeup brush
Mens Grooming Kit: shaving kit
Shoe Laces: shoe lace
Shoe Accessories: insole, shoe polish, shoe cleaner
Water Bottle: sipper bottle, thermos
Footballs: football, soccer ball
Basketballs: basket ball
Key chain: keyring, key holder
Umbrellas: umbrella for rain
Rain Jacket, Rain Trousers: rainwear, rain suit
Rain Trousers: rain pants
Swimwear: swimming dress, swimming shorts
Clothing Set, Rompers: baby set
Clothing Set: kids set
Accessory Gift Set, Fragrance Gift Set, Watches, Wallets, Perfume and Body Mist, Handbags: gift for
    him
Accessory Gift Set, Fragrance Gift Set: gift pack, hamper
"""

_NOT_SOLD = """
tennis ball, cricket bat, shuttlecock, contact lens, reading glasses, dumbbells, yoga mat,
skipping rope, treadmill, hockey stick, golf clubs, fishing rod, sleeping bag, power bank,
headphones, usb cable, mouse pad, printer ink, television, camera lens, tripod, mixer grinder,
pressure cooker, frying pan, knife set, dinner set, coffee mug, lunch box, candle, photo frame,
wall clock, alarm clock, table lamp, curtains, pillow cover, blanket, bath towel, carpet,
doormat, office chair, bookshelf, pencil box, toy car, barbie doll, puzzle, board game, teddy
bear, diapers, feeding bottle, cat food, fish tank, garden hose, drill machine, screwdriver,
paint brush, ladder, car cover, engine oil, protein powder, green tea, hand sanitizer, hair
dryer, hair straightener, tissue paper, detergent, iron box, air mattress, camping stove, water
filter, ceiling fan, led bulb, extension cord, smart tv, bluetooth speaker, sd card, phone
charger, laptop stand, gaming chair, study table, shoe rack, laundry basket, cutting board,
measuring cup, egg beater, rice cooker, wine glass, beer mug, salt shaker, spice rack, baby
crib, baby powder, baby oil, building blocks, playing cards, drawing book, water colours, sketch
pens, geometry box, cd player, violin strings, guitar strings, bird food, dog shampoo, hammer
drill, paint roller, wall paint, car charger, car seat cover, bike lock, motor oil, mosquito
net, insect spray, floor cleaner, dishwashing liquid, washing powder, bathroom mirror, toilet
brush, electric shaver, first aid kit, sofa cover, door lock, floor lamp, kitchen knife, garden
tools, dog bed, bird cage, plastic chair, wooden table, steel plates, glass bowl
"""


def _judged() -> Iterator[Judged]:
    for line in _CALLED.replace("\n    ", " ").strip().splitlines():
        kinds, _, words = line.partition(": ")
        for word in words.split(", "):
            yield Judged(KIND, word, {3: [Rule(kind=kinds.split(", "))]})
    for thing in " ".join(_NOT_SOLD.split()).split(", "):
        yield Judged("nothing", thing)


JUDGED: tuple[Judged, ...] = tuple(_judged())
